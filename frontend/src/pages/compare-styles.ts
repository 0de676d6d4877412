import { css } from "lit";

import { base, tile } from "../theme/styles";

export const stageStyles = [
  base,
  css`
    :host {
      display: block;
      min-inline-size: 0;
    }
    .stage.two {
      display: grid;
      grid-template-columns: repeat(2, minmax(0, 1fr));
      gap: 1.5rem;
    }
    .stage.picture:not(.two) {
      max-inline-size: 28rem;
    }
    section {
      min-inline-size: 0;
    }
    .name {
      font-size: 0.8125rem;
      color: var(--muted);
      margin-block-end: 0.25rem;
    }
    @media (max-width: 48rem) {
      .stage.two:not(.picture) {
        grid-template-columns: minmax(0, 1fr);
        gap: 1rem;
      }
      .stage.two {
        gap: 0.6rem;
      }
    }
  `,
];

export const lineStyles = [
  base,
  tile,
  css`
    .before {
      color: var(--muted);
      white-space: pre-wrap;
      unicode-bidi: plaintext;
      margin-block-end: 0.5rem;
    }
    .lines {
      display: grid;
      grid-template-columns: max-content 1fr;
      gap: 0 0.9rem;
    }
    .names {
      display: grid;
      grid-template-rows: 1fr 1fr;
      block-size: 3.5rem;
      align-items: center;
      font-size: 0.8125rem;
      color: var(--muted);
    }
    .pairs {
      display: flex;
      flex-wrap: wrap;
      row-gap: 0.7rem;
      min-inline-size: 0;
      font-size: 1.0625rem;
      line-height: 1.75rem;
    }
    .pair {
      position: relative;
      display: grid;
      grid-template-rows: 1.75rem 1.75rem;
      min-inline-size: 0.35rem;
      max-inline-size: 100%;
    }
    .pair:focus-visible,
    .pair:hover {
      outline: 2px solid var(--accent);
      outline-offset: 0;
    }
    .pair > :not(.hidden-visually) {
      white-space: pre;
      min-inline-size: 0.35rem;
      overflow: hidden;
      text-overflow: ellipsis;
    }
    .special {
      font: 0.72em/1.75rem var(--mono);
    }
    .changed .tile {
      text-decoration: underline 2px var(--ink);
      text-underline-offset: 0.28em;
    }
    .none {
      background-image: repeating-linear-gradient(135deg, var(--hatch) 0 1px, transparent 1px 5px);
    }
    .chosen {
      outline: 2px solid var(--accent);
      outline-offset: -2px;
    }
    .break {
      flex-basis: 100%;
      block-size: 0;
    }
    @media (max-width: 40rem) {
      .lines {
        grid-template-columns: minmax(0, 1fr);
      }
      .names {
        display: none;
      }
    }
  `,
];

export const compareStyles = [
  base,
  css`
    :host {
      display: grid;
      gap: 1.1rem;
      min-inline-size: 0;
    }
    .sides {
      display: grid;
      grid-template-columns: repeat(2, minmax(0, 1fr));
      gap: 0.75rem 1.5rem;
    }
    .side {
      display: grid;
      grid-template-columns: max-content minmax(0, 1fr);
      gap: 0.2rem 0.7rem;
      align-content: start;
      align-items: center;
    }
    .letter {
      display: grid;
      place-items: center;
      inline-size: 1.7rem;
      block-size: 1.7rem;
      border: 1px solid var(--accent);
      border-radius: 0.35rem;
      font-weight: 650;
      color: var(--accent);
    }
    .of {
      grid-column: 2;
      font-size: 0.8125rem;
      color: var(--muted);
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    select {
      min-inline-size: 0;
      max-inline-size: 100%;
    }
    .tools {
      display: flex;
      flex-wrap: wrap;
      gap: 0.5rem 1.25rem;
      align-items: center;
      font-size: 0.875rem;
    }
    .tools .row {
      gap: 0.3rem;
    }
    .edit {
      padding: 0.6rem 0.8rem;
      border-inline-start: 2px solid var(--accent);
      background: var(--raised);
      max-block-size: 14rem;
      overflow: auto;
      white-space: pre-wrap;
      overflow-wrap: anywhere;
      unicode-bidi: plaintext;
      line-height: 1.7;
    }
    del {
      color: var(--muted);
      background: var(--sunken);
      text-decoration: line-through;
    }
    ins {
      font-weight: 620;
      text-decoration: underline 2px var(--accent);
      text-underline-offset: 0.2em;
    }
    h2 {
      font-size: 1.0625rem;
    }
    h2.small {
      font-size: 0.875rem;
    }
    .numbers {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr));
      gap: 1.25rem 2.5rem;
      align-items: start;
    }
    .numbers > section {
      display: grid;
      gap: 0.5rem;
      min-inline-size: 0;
    }
    .k {
      inline-size: 4.5rem;
      min-height: 0;
      padding: 0.05rem 0.4rem;
    }
    .differences button {
      color: var(--ink);
      min-height: 0;
      padding: 0.1rem 0.45rem;
      max-inline-size: 14rem;
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: pre;
    }
    th[scope="row"] {
      font-weight: 500;
    }
    .answers {
      display: grid;
      grid-template-columns: repeat(2, minmax(0, 1fr));
      gap: 0.5rem 1.5rem;
    }
    .answers p {
      white-space: pre-wrap;
      overflow-wrap: anywhere;
      unicode-bidi: plaintext;
      max-block-size: 10rem;
      overflow: auto;
    }
    @media (max-width: 40rem) {
      .sides {
        grid-template-columns: minmax(0, 1fr);
      }
      th,
      td {
        padding-inline-end: 0.5rem;
      }
    }
  `,
];
