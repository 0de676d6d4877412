import { css } from "lit";

export const besideStyles = css`
  .heads {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem 1.25rem;
    align-items: start;
  }
  .heads p {
    flex: 1 1 16rem;
    max-inline-size: 60ch;
  }
  .lines {
    display: grid;
    gap: 0.1rem;
  }
  .range {
    font-variant-numeric: tabular-nums;
  }
  .ramp {
    display: inline-block;
    inline-size: 4rem;
    block-size: 0.6rem;
    border: 1px solid var(--line);
    border-radius: 0.15rem;
  }
  .remove {
    min-block-size: 1.5rem;
    min-inline-size: 1.5rem;
    padding: 0;
    line-height: 1;
  }
  .multiples {
    display: grid;
    gap: 0.9rem;
  }
  .multiples.pictures {
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 9.5rem), 1fr));
    align-items: end;
  }
  .multiples figcaption {
    gap: 0.2rem 0.6rem;
    font-size: 0.8125rem;
  }
  .multiples tessera-token-strip {
    zoom: 0.82;
  }
`;
