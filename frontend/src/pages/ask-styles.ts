/** How the page that asks is laid out. */
import { css } from "lit";

export const askStyles = css`
  .ask {
    display: grid;
    gap: 1.25rem;
    max-inline-size: 60rem;
    margin-inline: auto;
  }
  h1 {
    font-size: clamp(1.5rem, 1.1rem + 1.8vw, 2.1rem);
    font-weight: 640;
    letter-spacing: -0.015em;
    line-height: 1.2;
    text-wrap: balance;
    margin-block: 1rem 0.25rem;
  }
  h2 {
    font-size: 1rem;
  }
  .run {
    display: flex;
    flex-wrap: wrap;
    gap: 1rem;
    align-items: center;
  }
  .run button {
    min-block-size: 2.75rem;
    padding-inline: 2rem;
    font-size: 1.0625rem;
  }
  tessera-ask-samples {
    margin-block-start: 2rem;
  }
`;
