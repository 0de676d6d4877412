import { css } from "lit";

export const scoreStyles = css`
  :host {
    display: grid;
    gap: 0.75rem;
  }
  .stage {
    position: relative;
    min-inline-size: 0;
  }
  .stage.image {
    max-inline-size: 30rem;
  }
  .stage.image.wide {
    max-inline-size: 46rem;
  }
  select {
    min-block-size: 2rem;
    padding-block: 0;
  }
  .pins b {
    white-space: pre;
  }
  .pins .row {
    gap: 0.2rem 0.8rem;
  }
  .pins button {
    min-block-size: 1.5rem;
    min-inline-size: 1.5rem;
    padding: 0;
  }
  .span dl {
    display: flex;
    flex-wrap: wrap;
    gap: 0.35rem 1.75rem;
    font-size: 0.875rem;
    font-variant-numeric: tabular-nums;
  }
  .span dt {
    color: var(--muted);
  }
  .span .shown dd {
    font-weight: 620;
  }
`;
