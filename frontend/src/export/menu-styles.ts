import { css } from "lit";

export const menuStyles = css`
  :host {
    display: inline-block;
    position: relative;
    color: var(--ink);
    font-size: 0.875rem;
  }
  .menu {
    position: absolute;
    z-index: 20;
    inset-block-end: calc(100% + 0.35rem);
    inset-inline-start: 0;
    inline-size: min(21rem, calc(100vw - 3rem));
    max-block-size: min(34rem, 75vh);
    overflow-y: auto;
    overscroll-behavior: contain;
    padding: 0.4rem;
    border: 1px solid var(--line);
    border-radius: 0.6rem;
    background: var(--raised);
    box-shadow: 0 0.5rem 1.75rem rgb(0 0 0 / 0.16);
  }
  .menu.below {
    inset-block: calc(100% + 0.35rem) auto;
  }
  h4 {
    padding: 0.5rem 0.6rem 0.15rem;
    font-size: 0.75rem;
    font-weight: 500;
    color: var(--muted);
  }
  .line {
    display: flex;
    gap: 0.15rem;
  }
  .menu button {
    min-block-size: 2.1rem;
    border-color: transparent;
    background: none;
    text-align: start;
  }
  .menu button:hover,
  .menu button:focus-visible {
    background: var(--sunken);
    border-color: transparent;
  }
  .menu button:focus-visible {
    outline-offset: -2px;
  }
  .item {
    flex: 1;
  }
  .copy {
    color: var(--muted);
  }
  .ticked::before {
    content: "✓";
    display: inline-block;
    inline-size: 1.2em;
    color: var(--accent);
  }
  .unticked::before {
    content: "○";
    opacity: 0.5;
    display: inline-block;
    inline-size: 1.2em;
  }
  hr {
    margin: 0.3rem 0.6rem;
    border: 0;
    border-block-start: 1px solid var(--line);
  }
  .said {
    margin-inline-start: 0.75rem;
    color: var(--muted);
  }
  .said.failed {
    color: var(--danger);
  }
  @media print {
    :host {
      display: none;
    }
  }
`;
