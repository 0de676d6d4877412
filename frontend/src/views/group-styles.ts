import { css } from "lit";

export const groupStyles = css`
  :host {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.6rem;
    min-inline-size: 0;
  }
  .list {
    display: grid;
    gap: 0.35rem;
    max-inline-size: 44rem;
  }
  .list button {
    display: flex;
    inline-size: 100%;
    gap: 1rem;
    justify-content: space-between;
    padding-inline: 0.4rem;
    text-align: start;
    color: var(--ink);
  }
  .list .shares {
    margin-inline: 0.4rem;
  }
  .cards {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 15rem), 1fr));
    gap: 0.75rem;
  }
  .cards > li {
    padding: 0.7rem 0.85rem;
    border: 1px solid var(--line);
    border-radius: 0.5rem;
    background: var(--raised);
  }
  h5 {
    display: flex;
    gap: 1rem;
    justify-content: space-between;
    margin: 0 0 0.35rem;
    font-size: 0.875rem;
    font-weight: 620;
  }
  .cards ul {
    display: grid;
    gap: 0.3rem;
  }
  .cards ul li {
    padding-inline-start: 0.6rem;
    border-inline-start: 2px solid var(--line);
    overflow-wrap: anywhere;
    white-space: pre-wrap;
  }
`;
