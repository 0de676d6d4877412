import { css } from "lit";

/** Rows of the same characters in the same face: no kerning and no ligature may shift one against another. */
export const staveStyles = css`
  :host {
    display: grid;
    gap: 0.9rem;
    min-inline-size: 0;
  }
  .names {
    display: flex;
    flex-wrap: wrap;
    gap: 0.2rem 1.2rem;
    font-size: 0.875rem;
  }
  .key {
    display: inline-block;
    inline-size: 1.4em;
    color: var(--muted);
    font: 0.75rem/1 var(--mono);
  }
  .score {
    display: grid;
    gap: 0.9rem;
    overflow-x: auto;
  }
  .line {
    content-visibility: auto;
    contain-intrinsic-size: auto 6rem;
  }
  @media print {
    .line {
      content-visibility: visible;
    }
  }
  .stave {
    display: flex;
    align-items: baseline;
    white-space: pre;
    font: 1.0625rem/1.75 var(--sans);
    font-kerning: none;
    font-variant-ligatures: none;
  }
  .stave .key {
    flex: none;
  }
  .cell {
    position: relative;
    padding-block: 0.2em;
    box-shadow: inset 1px 0 0 color-mix(in oklab, var(--ink) 28%, transparent);
  }
  .cell.rtl {
    box-shadow: inset -1px 0 0 color-mix(in oklab, var(--ink) 28%, transparent);
  }
  .cell.even {
    background: color-mix(in oklab, var(--high) 30%, var(--paper));
  }
  .cell.odd {
    background: color-mix(in oklab, var(--high) 11%, var(--paper));
  }
  .cell.gap {
    background: repeating-linear-gradient(135deg, var(--hatch) 0 1px, transparent 1px 5px);
  }
  .cell.split {
    background-image: repeating-linear-gradient(
      90deg,
      transparent 0 calc(100% / var(--parts) - 1px),
      color-mix(in oklab, var(--ink) 55%, transparent) calc(100% / var(--parts) - 1px) calc(100% / var(--parts))
    );
    background-size: 100% 0.35em;
    background-position: bottom;
    background-repeat: no-repeat;
  }
  .cell.many {
    background-image: none;
  }
  .cell.many::after {
    content: attr(data-parts);
    position: absolute;
    inset: auto 0 -0.15em;
    font: 600 0.56em/1.2 var(--sans);
    text-align: center;
    background: color-mix(in oklab, var(--paper) 78%, transparent);
  }
  .cell.lit {
    background-color: color-mix(in oklab, var(--low) 55%, var(--paper));
  }
  .cell.shared {
    border-left: 2px solid var(--ink);
  }
  .cell.shared.rtl {
    border-left: 0;
    border-right: 2px solid var(--ink);
  }
  .swatch {
    display: inline-block;
    inline-size: 2px;
    block-size: 1em;
    background: var(--ink);
    vertical-align: -0.15em;
    margin-inline-end: 0.4em;
  }
  .note td {
    border: 0;
  }
  thead th {
    padding-block: 0;
  }
  thead button {
    padding-inline: 0;
    white-space: nowrap;
  }
`;
