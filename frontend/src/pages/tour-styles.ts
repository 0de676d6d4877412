/** How the tour looks: a ring around what it speaks of and a box beside it; nothing else of the page is touched. */
import { css } from "lit";

export const tourStyles = css`
  :host {
    position: fixed;
    inset: 0;
    inline-size: 100vw;
    block-size: 100vh;
    margin: 0;
    padding: 0;
    border: 0;
    background: none;
    overflow: hidden;
    pointer-events: none;
  }
  :host(:not(:popover-open)) {
    display: none;
  }
  .ring,
  .box {
    position: fixed;
    inset: 0 auto auto 0;
  }
  .ring {
    border: 2px solid var(--accent);
    border-radius: 0.5rem;
  }
  .box {
    display: grid;
    gap: 0.4rem;
    inline-size: min(25rem, calc(100vw - 1rem));
    padding: 0.9rem 1.1rem 1rem;
    border: 1px solid var(--accent);
    border-radius: 0.7rem;
    background: var(--raised);
    color: var(--ink);
    box-shadow: 0 0.6rem 2rem rgb(0 0 0 / 0.18);
    font-size: 0.9375rem;
    line-height: 1.5;
    pointer-events: auto;
  }
  .box:focus {
    outline: none;
  }
  .far {
    font-size: 0.8125rem;
    color: var(--muted);
    font-variant-numeric: tabular-nums;
  }
  h2 {
    font-size: 1.05rem;
  }
  .links {
    display: flex;
    flex-wrap: wrap;
    gap: 0.3rem 1.2rem;
  }
  .buttons {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    gap: 0.5rem;
    margin-block-start: 0.4rem;
  }
  .buttons button {
    min-block-size: 2.1rem;
  }
  .buttons button.quiet {
    margin-inline-start: -0.8rem;
  }
  .buttons span {
    display: flex;
    gap: 0.5rem;
    margin-inline-start: auto;
  }
  @media (prefers-reduced-motion: no-preference) {
    .ring,
    .box {
      transition: transform 120ms ease-out;
    }
  }
`;
