import { css } from "lit";

import { dialStyles } from "../marks/dial";
import { base } from "../theme/styles";
import { figureStyles } from "./figures";

export const resultStyles = [
  base,
  dialStyles,
  figureStyles,
  css`
    :host {
      display: grid;
      gap: 0.9rem;
      align-content: start;
      min-inline-size: 0;
      padding: 1.1rem 1.25rem 1.25rem;
      border: 1px solid var(--line);
      border-radius: 0.75rem;
      background: var(--paper);
    }
    header {
      display: grid;
      grid-template-columns: minmax(0, 1fr) max-content;
      gap: 0 0.75rem;
    }
    header > :not(.pins) {
      grid-column: 1;
    }
    .pins {
      grid-area: 1 / 2 / span 2;
      display: flex;
      flex-direction: column;
      align-items: end;
      gap: 0.3rem;
    }
    header p {
      color: var(--muted);
      font-size: 0.875rem;
      max-inline-size: 65ch;
    }
    h3 {
      font-size: 1.0625rem;
    }
    progress {
      inline-size: 100%;
      block-size: 0.4rem;
      accent-color: var(--accent);
    }
    .body {
      display: grid;
      gap: 0.9rem;
      min-inline-size: 0;
      transition: opacity 160ms;
    }
    .past {
      opacity: 0.55;
    }
    .read h4 {
      font-size: 0.8125rem;
      font-weight: 500;
      color: var(--muted);
    }
    .read p {
      max-block-size: 12rem;
      overflow: auto;
      margin-block-end: 0.75rem;
      font-size: 1.125rem;
      line-height: 1.6;
      white-space: pre-wrap;
      overflow-wrap: anywhere;
      unicode-bidi: plaintext;
    }
    footer {
      display: grid;
      gap: 0.35rem;
      font-size: 0.8125rem;
      color: var(--muted);
      border-block-start: 1px solid var(--line);
      padding-block-start: 0.7rem;
    }
    .made {
      color: var(--ink);
    }
    dl.provenance {
      display: grid;
      grid-template-columns: max-content 1fr;
      gap: 0.15rem 1rem;
      padding-block: 0.5rem;
      overflow-wrap: anywhere;
    }
    @media (max-width: 40rem) {
      :host {
        padding: 0.9rem 0.85rem 1rem;
        margin-inline: -0.35rem;
      }
    }
    @media print {
      :host {
        break-inside: avoid;
        border: 0;
        padding: 0;
      }
    }
  `,
];
