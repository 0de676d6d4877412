/** Styles that the components share. Colours come from the palette's variables, so they follow the theme. */
import { css } from "lit";

/** Type, fields, buttons, tables: what every component starts from. */
export const base = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  h1,
  h2,
  h3,
  h4,
  p,
  dl,
  dd,
  ul,
  ol,
  figure,
  fieldset {
    margin: 0;
    padding: 0;
    border: 0;
  }
  ul,
  ol {
    list-style: none;
  }
  h2,
  h3,
  h4 {
    font-weight: 620;
    letter-spacing: -0.005em;
    text-wrap: balance;
  }
  a {
    color: var(--accent);
    text-underline-offset: 0.2em;
    text-decoration-thickness: 1px;
  }
  button,
  input,
  select,
  textarea {
    font: inherit;
    color: inherit;
  }
  button,
  select,
  input[type="number"],
  input[type="text"] {
    min-height: 2.25rem;
    padding: 0.3rem 0.8rem;
    border: 1px solid var(--line);
    border-radius: 0.4rem;
    background: var(--raised);
  }
  button {
    cursor: pointer;
  }
  button:hover:not(:disabled) {
    border-color: var(--muted);
  }
  button:disabled {
    cursor: default;
    color: var(--muted);
  }
  button.primary {
    border-color: var(--accent);
    background: var(--accent);
    color: var(--accent-ink);
    font-weight: 600;
  }
  button.primary:disabled {
    border-color: var(--line);
    background: var(--sunken);
    color: var(--muted);
  }
  button.quiet {
    border-color: transparent;
    background: none;
    color: var(--muted);
  }
  button.quiet:hover:not(:disabled) {
    color: var(--ink);
    background: var(--sunken);
  }
  button[aria-pressed="true"] {
    background: color-mix(in oklab, var(--accent) 14%, var(--raised));
    border-color: var(--accent);
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  summary {
    min-block-size: 1.5rem;
    cursor: pointer;
    color: var(--muted);
  }
  summary:hover {
    color: var(--ink);
  }
  table {
    border-collapse: collapse;
    font-variant-numeric: tabular-nums;
  }
  th,
  td {
    padding: 0.3rem 0.9rem 0.3rem 0;
    text-align: start;
    vertical-align: baseline;
    border-block-end: 1px solid var(--line);
  }
  th {
    font-weight: 500;
    color: var(--muted);
  }
  code,
  .mono {
    font-family: var(--mono);
    font-size: 0.9em;
  }
  .number {
    text-align: end;
    font-variant-numeric: tabular-nums;
  }
  .muted {
    color: var(--muted);
  }
  .small {
    font-size: 0.875rem;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
    align-items: center;
  }
  .problem {
    color: var(--danger);
    border-inline-start: 2px solid var(--danger);
    padding-inline-start: 0.75rem;
    overflow-wrap: anywhere;
  }
  .problem button {
    color: var(--ink);
    margin-block-start: 0.5rem;
  }
  .scroll-x {
    overflow-x: auto;
    max-inline-size: 100%;
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation: none !important;
      transition: none !important;
    }
  }
  @media (forced-colors: active) {
    button[aria-pressed="true"] {
      outline: 2px solid Highlight;
    }
  }
  .hidden-visually {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;

/**
 * How a unit shows its value: `--place` (0 to 1) along a scale whose end is blue, or orange for what is negative.
 * No value is hatched; a value beyond the scale has a notch; the height of the mark repeats the size without colour.
 */
export const tile = css`
  .tile {
    --end: var(--high);
    background-color: color-mix(in oklab, var(--paper), var(--end) calc(var(--place, 0) * 100%));
  }
  .tile.negative {
    --end: var(--low);
  }
  .tile.category {
    background-color: var(--category);
    color: var(--category-ink);
  }
  .tile.missing {
    background-color: transparent;
    background-image: repeating-linear-gradient(135deg, var(--hatch) 0 1px, transparent 1px 5px);
  }
  .tile.clipped {
    border-block-start: 2px dotted var(--ink);
  }
  /* Outside the thresholds. */
  .tile.dimmed:not(rect) {
    color: var(--muted);
  }
  rect.tile.dimmed {
    fill: var(--paper);
    fill-opacity: 0.75;
  }
  /* A sink, kept off the scale: framed and dotted, in no colour of the scale. */
  .tile.apart:not(rect) {
    outline: 1px dashed var(--ink);
    outline-offset: -2px;
    background-image: radial-gradient(
      circle,
      color-mix(in oklab, var(--ink) 45%, transparent) 0.8px,
      transparent 1.2px
    );
    background-size: 5px 5px;
  }
  rect.tile.apart {
    fill: var(--paper);
    fill-opacity: 0.4;
    stroke: var(--ink);
    stroke-width: 2;
    stroke-dasharray: 2 2;
    vector-effect: non-scaling-stroke;
  }
  /* The same unit elsewhere is pointed at. */
  .tile.lit:not(rect) {
    outline: 2px solid var(--accent);
    outline-offset: -1px;
  }
  rect.tile.lit {
    stroke: var(--accent);
    stroke-width: 3;
    vector-effect: non-scaling-stroke;
  }
  /* The second channel: from below for what is positive, from above for what is negative, as high as it is large. */
  .marked .tile:not(.missing, .category) {
    box-shadow: inset 0 calc(var(--place, 0) * -0.42em) 0 color-mix(in oklab, var(--ink) 75%, transparent);
  }
  .marked .tile.negative:not(.missing) {
    box-shadow: inset 0 calc(var(--place, 0) * 0.42em) 0 color-mix(in oklab, var(--ink) 75%, transparent);
  }
  /* Categories have a line each: solid, dashed, dotted or double, below or above. */
  .marked .tile.category:not(rect) {
    --line-of-category: 3px solid color-mix(in oklab, var(--category-ink) 80%, transparent);
    border-block-end: var(--line-of-category);
  }
  .marked .tile.category:is([data-category="4"], [data-category="5"], [data-category="6"], [data-category="7"]) {
    border-block-start: var(--line-of-category);
    border-block-end: 0;
  }
  .marked .tile.category:is([data-category="1"], [data-category="5"]) {
    border-block-style: dashed;
  }
  .marked .tile.category:is([data-category="2"], [data-category="6"]) {
    border-block-style: dotted;
  }
  .marked .tile.category:is([data-category="3"], [data-category="7"]) {
    border-block-style: double;
  }
  /* The system's few colours leave no room for a scale: the marks say it alone, which are on then. */
  @media (forced-colors: active) {
    .tile:not(rect) {
      --ink: CanvasText;
      forced-color-adjust: none;
      background-color: Canvas;
      color: CanvasText;
    }
    .tile.category:not(rect) {
      --category-ink: CanvasText;
    }
    .tile.chosen:not(rect),
    .tile.selected:not(rect) {
      outline: 2px solid Highlight;
    }
  }
`;
