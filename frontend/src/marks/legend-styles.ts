import { css } from "lit";

export const legendStyles = css`
  :host {
    display: grid;
    gap: 0.35rem;
    font-size: 0.8125rem;
    color: var(--muted);
  }
  .row {
    gap: 0.25rem 1rem;
    align-items: end;
  }
  tessera-scale-bar {
    flex: 0 1 20rem;
  }
  .swatch {
    display: inline-block;
    inline-size: 1.4em;
    block-size: 0.8em;
    vertical-align: -0.05em;
    border: 1px solid var(--line);
    background: repeating-linear-gradient(135deg, var(--hatch) 0 1px, transparent 1px 5px);
  }
  .swatch.beyond {
    background: var(--high);
    border-block-start: 2px dotted var(--ink);
  }
  .count {
    font-variant-numeric: tabular-nums;
    color: var(--ink);
  }
  p {
    max-inline-size: 72ch;
    color: var(--ink);
  }
  .remain {
    font-variant-numeric: tabular-nums;
    font-weight: 550;
  }
  .now {
    font-variant-numeric: tabular-nums;
    padding-inline-start: 0.5em;
  }
  .controls {
    padding-block-start: 0.35rem;
    align-items: center;
  }
  .controls .row {
    gap: 0.4rem;
    align-items: center;
  }
  input[type="range"] {
    inline-size: 9rem;
    accent-color: var(--accent);
  }
  input[type="number"] {
    inline-size: 6.5rem;
    min-block-size: 1.9rem;
    padding-block: 0;
    color: var(--ink);
  }
  @media print {
    details:not([open]) {
      display: none;
    }
  }
`;
