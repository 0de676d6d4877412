import { css } from "lit";

export const columnStyles = css`
  :host {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.6rem;
    min-inline-size: 0;
  }
  .columns {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 14rem), 1fr));
    gap: 0.75rem 1.5rem;
  }
  h5 {
    margin: 0 0 0.25rem;
    font-size: 0.875rem;
    font-weight: 620;
  }
  h5 .muted {
    font-weight: 400;
    margin-inline-start: 0.5em;
  }
  .columns p {
    line-height: 1.9;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    unicode-bidi: plaintext;
  }
  .token {
    cursor: default;
    padding-block: 0.15em;
  }
  .token.before {
    color: var(--muted);
  }
  .token.differs {
    background: color-mix(in oklab, var(--low) 38%, var(--paper));
    text-decoration: underline 1.5px var(--low);
    text-underline-offset: 0.3em;
  }
  .token.departs::before {
    content: "▸";
    color: var(--accent);
    padding-inline: 0.1em;
  }
  .token.twin,
  .token:hover,
  .token:focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: -1px;
    border-radius: 2px;
  }
  .heads {
    display: flex;
    flex-direction: column;
  }
  .cells {
    display: flex;
    flex-wrap: wrap;
    gap: 0.6rem 0;
    margin-block-start: 0.4rem;
  }
  .cell {
    display: grid;
    grid-auto-rows: 1.75rem;
    align-items: center;
    border-inline-end: 1px solid var(--line);
  }
  .cell > * {
    white-space: pre;
    padding-inline: 0.15em;
    min-inline-size: 0.8em;
  }
  .cell .gap {
    color: var(--muted);
    text-align: center;
  }
`;
