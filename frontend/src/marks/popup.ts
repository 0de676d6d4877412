/**
 * The one pop-up of the page. It opens a moment after the pointer rests on a unit, slides from unit to unit while it
 * is open, and closes a moment after the pointer has left; the keyboard opens it at once. Pinned it stays, and what
 * it holds can be used, until Escape or a press elsewhere.
 */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { base } from "../theme/styles";
import { barStyles } from "./bars";

const OPEN_AFTER = 150;
const CLOSE_AFTER = 80;
const GAP = 10;

@customElement("tessera-popup")
export class Popup extends LitElement {
  static override styles = [
    base,
    barStyles,
    css`
      :host {
        position: fixed;
        inset: auto;
        margin: 0;
        padding: 0.75rem 0.9rem;
        border: 1px solid var(--line);
        border-radius: 0.5rem;
        background: var(--raised);
        color: var(--ink);
        box-shadow: 0 0.5rem 1.5rem rgb(0 0 0 / 0.14);
        inline-size: max-content;
        max-inline-size: min(24rem, calc(100vw - 1rem));
        max-block-size: 70vh;
        overflow: hidden;
        font-size: 0.875rem;
        line-height: 1.4;
        pointer-events: none;
      }
      :host(.pinned) {
        pointer-events: auto;
        overflow: auto;
        border-color: var(--accent);
      }
      :host(.sliding) {
        transition:
          left 120ms ease-out,
          top 120ms ease-out;
      }
      .title {
        font-size: 1.05rem;
        font-weight: 620;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        unicode-bidi: plaintext;
      }
      dl {
        display: grid;
        grid-template-columns: 1fr max-content;
        gap: 0.1rem 1.25rem;
        margin-block: 0.4rem;
        font-variant-numeric: tabular-nums;
      }
      dl .shown {
        font-weight: 650;
      }
      dt {
        color: var(--muted);
      }
      dd {
        text-align: end;
      }
      .fine {
        color: var(--muted);
        font-size: 0.78rem;
        overflow-wrap: anywhere;
      }
      .bars {
        margin-block: 0.5rem;
      }
      @media (prefers-reduced-motion: reduce) {
        :host(.sliding) {
          transition: none;
        }
      }
    `,
  ];

  @state() private content: TemplateResult | null = null;
  private anchor: Element | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Whether a key opened it. */
  private keyboard = false;
  private pinnedBy: HTMLElement | SVGElement | null = null;

  private get isOpen(): boolean {
    return this.matches(":popover-open");
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.popover = "manual";
    this.setAttribute("role", "status");
    window.addEventListener("scroll", this.scrolled, { passive: true, capture: true });
    window.addEventListener("pointerdown", this.pressed, { capture: true });
    window.addEventListener("keydown", this.keyed, { capture: true });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("scroll", this.scrolled, { capture: true });
    window.removeEventListener("pointerdown", this.pressed, { capture: true });
    window.removeEventListener("keydown", this.keyed, { capture: true });
  }

  show(anchor: Element, content: TemplateResult, by: "pointer" | "keyboard"): void {
    if (this.pinnedBy !== null) return;
    clearTimeout(this.timer);
    const open = (): void => {
      this.anchor = anchor;
      this.content = content;
      this.keyboard = by === "keyboard";
    };
    if (by === "keyboard" || this.isOpen) open();
    else this.timer = setTimeout(open, OPEN_AFTER);
  }

  hide(): void {
    if (this.pinnedBy !== null) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(this.closeNow, CLOSE_AFTER);
  }

  /** Opens it to stay; asked by the keyboard, its first button has the focus. */
  pin(anchor: HTMLElement | SVGElement, content: TemplateResult, by: "pointer" | "keyboard"): void {
    clearTimeout(this.timer);
    this.pinnedBy = anchor;
    this.classList.add("pinned");
    this.setAttribute("role", "dialog");
    this.anchor = anchor;
    this.content = content;
    if (by === "keyboard") void this.updateComplete.then(() => this.renderRoot.querySelector("button")?.focus());
  }

  /** Closes what is pinned, too. */
  close(): void {
    clearTimeout(this.timer);
    this.closeNow();
  }

  /** What is about to open still may: it will stand where its unit then is. */
  private readonly closeNow = (): void => {
    if (this.isOpen) this.hidePopover();
    this.pinnedBy = null;
    this.classList.remove("sliding", "pinned");
    this.setAttribute("role", "status");
  };

  /** What is pinned goes with its unit, and so does what a key opened, whose focus may have scrolled the page to it. */
  private readonly scrolled = (event: Event): void => {
    if (event.target === this) return;
    const unit = this.pinnedBy ?? (this.keyboard ? this.anchor : null);
    if (unit !== null && (this.pinnedBy !== null || inSight(unit))) this.follow(unit);
    else this.closeNow();
  };

  private follow(anchor: Element): void {
    this.classList.remove("sliding");
    this.place(anchor.getClientRects()[0] ?? anchor.getBoundingClientRect());
  }

  private readonly pressed = (event: Event): void => {
    if (this.pinnedBy !== null && !event.composedPath().includes(this)) this.closeNow();
  };

  private readonly keyed = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || this.pinnedBy === null) return;
    const back = this.pinnedBy;
    back.focus();
    this.closeNow();
    event.preventDefault();
  };

  protected override updated(): void {
    if (this.content === null || this.anchor === null) return;
    const wasOpen = this.isOpen;
    if (!wasOpen) this.showPopover();
    this.place(this.anchor.getClientRects()[0] ?? this.anchor.getBoundingClientRect());
    requestAnimationFrame(() => this.classList.toggle("sliding", this.isOpen));
  }

  /** Below the unit, or above it where there is no room; never outside the window. */
  private place(anchor: DOMRect): void {
    const { width, height } = this.getBoundingClientRect();
    const below = anchor.bottom + GAP;
    const top = below + height < window.innerHeight ? below : Math.max(GAP, anchor.top - GAP - height);
    const left = Math.max(8, Math.min(anchor.left - 12, window.innerWidth - width - 8));
    this.style.left = `${left}px`;
    this.style.top = `${top}px`;
  }

  protected override render(): TemplateResult | typeof nothing {
    return this.content === null ? nothing : html`${this.content}`;
  }
}

function inSight(unit: Element): boolean {
  const { top, bottom } = unit.getBoundingClientRect();
  return bottom > 0 && top < window.innerHeight;
}

let shared: Popup | null = null;

/** The page's pop-up, made when it is first needed. */
export function popup(): Popup {
  if (shared?.isConnected !== true) {
    shared = document.createElement("tessera-popup");
    document.body.append(shared);
  }
  return shared;
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-popup": Popup;
  }
}
