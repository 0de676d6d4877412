import { css } from "lit";

export const besideStyles = css`
  .beside {
    align-items: start;
  }
  .adding {
    position: relative;
  }
  .adding summary {
    display: inline-flex;
    align-items: center;
    min-block-size: 2.25rem;
    padding: 0.3rem 0.8rem;
    border-radius: 0.4rem;
    list-style: none;
  }
  .adding summary::-webkit-details-marker {
    display: none;
  }
  .adding summary:hover,
  .adding[open] summary {
    background: var(--sunken);
  }
  .choices {
    position: absolute;
    z-index: 5;
    inset-block-start: 100%;
    inset-inline-start: 0;
    display: grid;
    gap: 0.6rem;
    inline-size: max-content;
    max-inline-size: min(22rem, 80vw);
    max-block-size: 22rem;
    overflow: auto;
    padding: 0.7rem 0.9rem;
    border: 1px solid var(--line);
    border-radius: 0.5rem;
    background: var(--raised);
    box-shadow: 0 0.5rem 1.5rem rgb(0 0 0 / 0.14);
  }
  .choices legend {
    padding: 0;
    color: var(--muted);
    font-size: 0.8125rem;
  }
  .choices label {
    display: flex;
    gap: 0.5rem;
    align-items: center;
    min-block-size: 1.75rem;
    color: var(--ink);
  }
  .choices input {
    accent-color: var(--accent);
    inline-size: 1rem;
    block-size: 1rem;
  }
  .lines {
    display: grid;
    gap: 0.1rem;
  }
  .range {
    font-variant-numeric: tabular-nums;
  }
  .ramp {
    display: inline-block;
    inline-size: 4rem;
    block-size: 0.6rem;
    border: 1px solid var(--line);
    border-radius: 0.15rem;
  }
  .remove {
    min-block-size: 1.5rem;
    min-inline-size: 1.5rem;
    padding: 0;
    line-height: 1;
  }
  .multiples {
    display: grid;
    gap: 0.9rem;
  }
  .multiples.pictures {
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 11rem), 1fr));
    align-items: end;
  }
  .multiples figcaption {
    gap: 0.2rem 0.6rem;
    font-size: 0.8125rem;
  }
  .multiples tessera-token-strip {
    zoom: 0.82;
  }
`;
