import { css } from "lit";

export const patchStyles = css`
  .layers {
    display: grid;
    gap: 0.75rem;
    inline-size: min(100%, var(--tallest, 34rem) * var(--ratio, 1));
  }
  .layers.beside {
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 11rem), 1fr));
    inline-size: min(100%, 2 * var(--tallest, 34rem) * var(--ratio, 1) + 0.75rem);
  }
  .layers:not(.beside) > *,
  .patches > * {
    grid-area: 1 / 1;
  }
  .patches {
    display: grid;
    align-self: start;
  }
  /* Colours blend with the picture, not with what lies behind it. */
  .layers {
    isolation: isolate;
  }
  img,
  svg {
    display: block;
    inline-size: 100%;
    block-size: auto;
    border-radius: 0.3rem;
  }
  svg {
    position: relative;
    overflow: hidden;
  }
  img.small {
    image-rendering: pixelated;
  }
  .beside .fills {
    outline: 1px solid var(--line);
  }
  .layers.fill.normal:not(.beside) img {
    filter: saturate(calc(1 - 0.6 * var(--strength)));
  }
  .layers.multiply:not(.beside) .tiles {
    mix-blend-mode: multiply;
  }
  .layers.screen:not(.beside) .tiles {
    mix-blend-mode: screen;
  }
  .fills path {
    --end: var(--high);
  }
  .fills .negative,
  .lines .negative {
    --end: var(--low);
  }
  .fills .value {
    fill: var(--end);
    fill-opacity: calc(var(--place, 0) * var(--strength));
  }
  .fills .value.dimmed {
    fill-opacity: 0;
  }
  .fills .category {
    fill: var(--category);
    fill-opacity: var(--strength);
  }
  .beside .fills .value:not(.dimmed) {
    fill: color-mix(in oklab, var(--paper), var(--end) calc(var(--place, 0) * 100%));
    fill-opacity: 1;
  }
  .beside .fills .category {
    fill-opacity: 1;
  }
  .fills .none {
    fill: none;
  }
  .fills .missing {
    fill: url("#hatch");
  }
  .fills .apart {
    fill: url("#apart");
  }
  .fills .beyond {
    fill: none;
    stroke: var(--ink);
    stroke-width: 2;
    stroke-dasharray: 2 2;
    vector-effect: non-scaling-stroke;
  }
  .pattern {
    stroke: var(--muted);
  }
  .lines path,
  .over path,
  .over .frame {
    fill: none;
    stroke-linecap: square;
    vector-effect: non-scaling-stroke;
    pointer-events: none;
  }
  .under {
    stroke: var(--paper);
  }
  .lines .line {
    stroke: color-mix(in oklab, var(--end, var(--high)), var(--ink) 15%);
  }
  .lines .line.negative {
    stroke-dasharray: 5 3;
  }
  .lines .level-1 {
    stroke-width: 1.25;
  }
  .lines .level-2 {
    stroke-width: 2.25;
  }
  .lines .level-3 {
    stroke-width: 3.5;
  }
  .lines .under.level-1 {
    stroke-width: 3;
  }
  .lines .under.level-2 {
    stroke-width: 4.5;
  }
  .lines .under.level-3 {
    stroke-width: 6;
  }
  .over .target {
    fill: transparent;
  }
  .over .target:hover,
  .over .target:focus,
  .over .target[data-lit],
  .over .lit,
  .over .hover {
    outline: none;
    fill: none;
    stroke: var(--accent);
    stroke-width: 2;
    vector-effect: non-scaling-stroke;
  }
  .over .target:hover,
  .over .target:focus {
    fill: transparent;
  }
  .over .target:focus-visible {
    stroke-width: 3;
  }
  .over .hover,
  .over .ghost {
    pointer-events: none;
  }
  .over .ghost {
    fill: none;
  }
  .over .chosen {
    stroke: var(--accent);
    stroke-width: 2.5;
  }
  .over .chosen.under,
  .over .selected.under,
  .over .truth.under {
    stroke: var(--paper);
    stroke-width: 4;
    stroke-dasharray: none;
  }
  .over .selected {
    stroke: var(--ink);
    stroke-width: 2;
    stroke-dasharray: 4 3;
  }
  .over .truth {
    stroke: var(--ink);
    stroke-width: 2;
    stroke-dasharray: 5 3;
  }
  .over .drawn {
    stroke: var(--accent);
    stroke-width: 1.5;
  }
  .over .mark {
    stroke: var(--ink);
    stroke-width: 1.5;
  }
  .over .mark.under {
    stroke: var(--paper);
    stroke-width: 3.5;
  }
  .over .mark.negative {
    stroke-dasharray: 3 2.5;
  }
  .over.sweeping {
    cursor: crosshair;
    touch-action: none;
  }
  .chips {
    margin-block-start: 0.6rem;
  }
  .chip {
    padding: 0.15rem 0.6rem;
    border: 1px solid var(--line);
    border-radius: 0.35rem;
    font: 0.8rem/1.5 var(--mono);
  }
  .chip.selected {
    outline: 2px dashed var(--ink);
    outline-offset: 1px;
  }
`;
