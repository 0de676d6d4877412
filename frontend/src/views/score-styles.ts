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
