import { css } from "lit";

import { base } from "../theme/styles";
import { changeStyles } from "../views/change-bars";

export const whatIfStyles = [
  base,
  changeStyles,
  css`
    :host {
      display: block;
    }
    section.what-if {
      display: grid;
      gap: 0.8rem;
      padding: 0.9rem 1rem 1rem;
      border: 1px solid var(--line);
      border-radius: 0.6rem;
      background: var(--raised);
    }
    form {
      display: grid;
      gap: 0.7rem;
      justify-items: start;
    }
    fieldset {
      display: flex;
      flex-wrap: wrap;
      gap: 0.4rem 1.1rem;
      align-items: center;
    }
    fieldset label {
      display: inline-flex;
      gap: 0.4rem;
      align-items: center;
      min-block-size: 1.75rem;
    }
    label.row {
      inline-size: 100%;
    }
    input[type="text"] {
      flex: 0 1 24rem;
      min-inline-size: 8rem;
    }
    .edited {
      max-inline-size: 65ch;
      max-block-size: 12rem;
      overflow: auto;
      padding: 0.4rem 0.6rem;
      background: var(--sunken);
      border-radius: 0.4rem;
      line-height: 1.6;
      white-space: pre-wrap;
      overflow-wrap: anywhere;
      unicode-bidi: plaintext;
    }
    del {
      color: var(--muted);
      text-decoration: line-through;
      text-decoration-thickness: 2px;
    }
    del.masked {
      text-decoration: none;
      background: repeating-linear-gradient(135deg, var(--hatch) 0 3px, transparent 3px 6px);
    }
    ins,
    mark {
      color: inherit;
      background: color-mix(in oklab, var(--accent) 16%, transparent);
      text-decoration: underline;
      text-decoration-thickness: 2px;
      text-decoration-color: var(--accent);
      text-underline-offset: 0.2em;
    }
    .covered {
      position: relative;
    }
    .covered img {
      inline-size: 100%;
      block-size: 100%;
      image-rendering: auto;
      border-radius: 0.25rem;
    }
    .covered span {
      position: absolute;
      background: repeating-linear-gradient(135deg, var(--ink) 0 2px, var(--hatch) 2px 5px);
    }
    .tries {
      display: grid;
      gap: 0.5rem;
    }
    .tries > li {
      border-block-start: 1px solid var(--line);
      padding-block-start: 0.5rem;
    }
    details > :not(summary) {
      margin-block-start: 0.6rem;
    }
    summary {
      overflow-wrap: anywhere;
    }
    progress {
      inline-size: 100%;
      block-size: 0.4rem;
      accent-color: var(--accent);
    }
    caption {
      white-space: nowrap;
      text-align: start;
      color: var(--muted);
      padding-block-end: 0.25rem;
    }
    tbody th {
      color: var(--ink);
    }
    .best {
      font-weight: 620;
    }
    .answers {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(min(14rem, 100%), 1fr));
      gap: 0.5rem 1.25rem;
    }
    .answers h5 {
      margin: 0;
      font-size: 0.8125rem;
      font-weight: 500;
      color: var(--muted);
    }
    .answers p {
      white-space: pre-wrap;
      overflow-wrap: anywhere;
      unicode-bidi: plaintext;
    }
    .chips {
      display: flex;
      flex-wrap: wrap;
      gap: 0.35rem;
      align-items: center;
    }
    .chips button {
      min-block-size: 1.75rem;
      padding: 0.1rem 0.6rem;
    }
    @media print {
      form {
        display: none;
      }
    }
  `,
];
