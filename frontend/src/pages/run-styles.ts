import { css } from "lit";

import { base } from "../theme/styles";

export const runStyles = [
  base,
  css`
    .top {
      display: flex;
      flex-wrap: wrap;
      gap: 1.25rem 2rem;
      justify-content: space-between;
      align-items: flex-start;
    }
    tessera-run-header {
      flex: 1 1 24rem;
      min-inline-size: 0;
    }
    .embedded {
      display: grid;
      gap: 0.75rem;
    }
    tessera-run-nav {
      position: sticky;
      inset-block-start: 0;
      z-index: 2;
      margin-block-end: 1.5rem;
    }
    tessera-comparison {
      margin-block-end: 2.25rem;
    }
    tessera-result-card {
      scroll-margin-block-start: 4rem;
    }
    tessera-result-card:focus {
      outline: none;
    }
    .said {
      min-block-size: 1.5rem;
      margin-block: 0.5rem;
      font-size: 0.875rem;
      color: var(--accent);
    }
    section {
      margin-block-end: 2.25rem;
    }
    h2 {
      font-size: 1.3rem;
      letter-spacing: -0.01em;
      margin-block-end: 0.9rem;
    }
    .lenses {
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(min(100%, 34rem), 1fr));
      gap: 0 1rem;
      align-items: start;
    }
    .wide {
      grid-column: 1 / -1;
    }
    .stream {
      padding: 1.1rem 1.25rem;
      border: 1px solid var(--line);
      border-radius: 0.75rem;
    }
    @media print {
      tessera-run-actions,
      .said {
        display: none;
      }
      .lenses {
        grid-template-columns: 1fr;
      }
    }
  `,
];
