import { css } from "lit";

/**
 * Tiles touch each other: nothing stands between two units that does not stand in the text. Paddings lie across the
 * line only, because one along it would tear joined scripts apart.
 */
export const stripStyles = css`
  :host {
    display: block;
  }
  .strip {
    max-inline-size: 72ch;
    font-size: 1.0625rem;
    line-height: 2.15;
    overflow-wrap: anywhere;
    font-variant-ligatures: no-common-ligatures;
  }
  .paragraph {
    white-space: pre-wrap;
    unicode-bidi: plaintext;
    text-align: start;
  }
  @media print {
    .paragraph.far {
      content-visibility: visible !important;
    }
  }
  .paragraph.far {
    content-visibility: auto;
    contain-intrinsic-size: auto 5rem;
  }
  .spanning {
    user-select: none;
    -webkit-user-select: none;
  }
  .spanning .tile {
    cursor: text;
  }
  .tile {
    padding-block: 0.3em;
    cursor: default;
    transition: background-color 160ms;
  }
  /* Thousands of transitions at once take longer than anyone waits. */
  .far .tile {
    transition: none;
  }
  .tile:hover,
  .tile:focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: -1px;
    border-radius: 2px;
    position: relative;
    z-index: 1;
  }
  .generated,
  .predicted {
    font-weight: 620;
    cursor: pointer;
  }
  .predicted {
    font-style: italic;
  }
  .starts::before {
    content: "▸";
    color: var(--accent);
    font-weight: 400;
    font-style: normal;
    font-size: 0.8em;
    padding-inline: 0.1em 0.15em;
  }
  .special,
  .template {
    display: inline-block;
    line-height: 1.4;
    padding: 0.05em 0.4em;
    margin-inline: 0.1em;
    border: 1px solid color-mix(in oklab, var(--muted) 55%, transparent);
    border-radius: 0.35em;
    font: 0.72em/1.4 var(--mono);
    unicode-bidi: isolate;
    vertical-align: 0.1em;
  }
  .empty {
    display: inline-block;
    inline-size: 0.4em;
    block-size: 1.2em;
    padding: 0;
    vertical-align: middle;
    border: 1px dotted var(--muted);
  }
  .gap {
    color: var(--muted);
    text-decoration: underline dotted;
  }
  .break::before {
    content: "⏎";
    color: color-mix(in oklab, var(--ink) 45%, transparent);
    font-size: 0.8em;
  }
  .shared {
    position: relative;
    padding-block: 0.3em;
    white-space: pre;
  }
  .shared.roomy {
    display: inline-block;
    min-inline-size: calc(var(--parts) * 0.3em);
    line-height: 1.5;
    padding: 0;
    text-align: center;
  }
  .shared .part {
    position: absolute;
    inset-block: 0;
    inset-inline-start: calc(var(--from) * 100%);
    inline-size: calc(var(--share) * 100%);
    padding: 0;
  }
  .shared .part + .part {
    border-inline-start: 1px solid color-mix(in oklab, var(--ink) 22%, transparent);
  }
  .shared .grapheme {
    position: relative;
    z-index: 2;
    pointer-events: none;
  }
  .noted {
    display: inline-block;
    vertical-align: top;
    padding-block: 0.15em;
    margin-block-end: 0.45em;
    line-height: 1.35;
    max-inline-size: 100%;
  }
  .tile.noted {
    border-inline-end: 1px solid var(--paper);
  }
  .cluster .tile {
    padding-block: 0.15em;
  }
  .noted::after,
  .noted[data-note]:not([data-note=""])::after {
    position: static;
    content: attr(data-below) " " attr(data-note);
    display: block;
    font: 0.66rem/1.3 var(--mono);
    font-style: normal;
    white-space: pre-wrap;
    color: color-mix(in oklab, var(--ink) 82%, transparent);
    pointer-events: none;
    unicode-bidi: isolate;
    direction: ltr;
  }
  .cells {
    display: inline-block;
    vertical-align: top;
    padding-block: 0.1em;
    margin-block-end: 0.45em;
    line-height: 1.3;
    border-inline-end: 2px solid var(--paper);
  }
  .bytes {
    display: inline-flex;
    flex-wrap: wrap;
  }
  .cell {
    min-inline-size: 1.9em;
    padding-inline: 0.2em;
    font: 0.8rem/1.3 var(--mono);
    text-align: center;
  }
  .cell + .cell {
    border-inline-start: 1px solid color-mix(in oklab, var(--ink) 16%, transparent);
  }
  .cell::after {
    content: attr(data-char) "\\200b";
    display: block;
    font: 0.72rem/1.35 var(--sans);
    color: color-mix(in oklab, var(--ink) 82%, transparent);
    white-space: pre;
  }
  .chosen {
    outline: 2px solid var(--ink);
    outline-offset: -1px;
    border-radius: 2px;
  }
  .tile.selected {
    outline: 2px dashed var(--ink);
    outline-offset: -2px;
  }
  .outlined {
    text-decoration: underline 2px wavy color-mix(in oklab, var(--ink) 60%, transparent);
    text-underline-offset: 0.35em;
    text-decoration-skip-ink: none;
  }
  [data-state~="dropped"] {
    color: var(--muted);
    text-decoration: line-through;
    background-color: var(--sunken);
  }
  /* Of a comparison: nothing on the other side stands for it; it stands on one side only; its twin is looked at. */
  [data-state~="unaligned"] {
    background-image: repeating-linear-gradient(135deg, var(--hatch) 0 1px, transparent 1px 5px);
  }
  [data-state~="added"] {
    text-decoration: underline 2px var(--accent);
    text-underline-offset: 0.25em;
    text-decoration-skip-ink: none;
  }
  [data-lit] {
    outline: 2px solid var(--accent);
    outline-offset: -1px;
    border-radius: 2px;
  }
  [data-state~="merged"] {
    background-color: color-mix(in oklab, var(--high) 22%, var(--paper));
  }
  [data-state~="grouped"] {
    background-image: linear-gradient(var(--accent), var(--accent));
    background-position: left bottom;
    background-size: 100% 2px;
    background-repeat: no-repeat;
  }
  [data-state~="bracket"][data-state~="first"],
  [data-state~="bracket"][data-state~="last"] {
    background-image:
      linear-gradient(var(--accent), var(--accent)), linear-gradient(var(--accent), var(--accent)),
      linear-gradient(var(--accent), var(--accent));
    background-position:
      left bottom,
      left bottom,
      right bottom;
    background-size:
      100% 2px,
      var(--first, 0) 0.5em,
      var(--last, 0) 0.5em;
  }
  [data-state~="first"] {
    --first: 2px;
  }
  [data-state~="last"] {
    --last: 2px;
  }
  :dir(rtl) > [data-state~="first"] {
    --first: 0;
    --last: 2px;
  }
  :dir(rtl) > [data-state~="last"]:not([data-state~="first"]) {
    --first: 2px;
    --last: 0;
  }
  [data-state~="match"] {
    border-block-end: 2px solid var(--accent);
  }
  [data-state~="on"] {
    background-color: color-mix(in oklab, var(--high) 30%, var(--paper));
  }
  [data-note]:not([data-note=""]) {
    position: relative;
  }
  [data-note]:not([data-note=""])::after {
    content: attr(data-note);
    position: absolute;
    inset-block-start: 100%;
    inset-inline-start: 0.15em;
    font-size: 0.68rem;
    font-weight: 400;
    line-height: 1.2;
    white-space: nowrap;
    color: var(--muted);
    font-variant-numeric: tabular-nums;
    pointer-events: none;
  }
  @media (prefers-reduced-motion: reduce) {
    .tile {
      transition: none;
    }
  }
  @media print {
    .tile {
      print-color-adjust: exact;
      -webkit-print-color-adjust: exact;
    }
  }
`;
