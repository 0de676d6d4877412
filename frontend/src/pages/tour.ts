/**
 * The guided first run: a box beside what it speaks of, step by step, from a story to its real answers.
 *
 * Nothing is covered or locked: the page can be used meanwhile. Escape leaves, and it can be begun again from the
 * actions of every page.
 */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";

import { createRun, samples } from "../api";
import { asProblem } from "../api/client";
import type { Problem } from "../contract";
import { Shortcuts } from "../state/shortcuts";
import {
  backward,
  begun,
  canGoBack,
  keepTour,
  onward,
  stepAt,
  STEPS,
  tourNow,
  type Step,
  type Tour,
} from "../state/tour";
import { t } from "../text";
import { base } from "../theme/styles";
import { problemNote } from "./problem";
import { beside, within } from "./tour-place";
import { tourStyles } from "./tour-styles";

/** How often it looks whether what it points at is there, or has moved [ms]. */
const LOOK = 250;
/** Of the samples, the story that is told, and what is asked of it. */
const STORY = "ball-in-the-box";
const METHODS = ["occlusion", "surprisal"];

/** Begins the tour: on the page that asks, at its first step. */
export function beginTour(): void {
  keepTour(begun());
  if (location.pathname === "/") window.dispatchEvent(new Event("tessera-tour"));
  else location.assign("/");
}

@customElement("tessera-tour")
export class TourBox extends LitElement {
  static override styles = [base, tourStyles];

  @state() private tour: Tour | null = tourNow();
  @state() private there = false;
  @state() private busy = false;
  @state() private problem: Problem | null = null;
  @query(".box") private box!: HTMLElement | null;
  private anchor: Element | null = null;
  private said = -1;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    new Shortcuts(this, () => [{ id: "tour", label: t("tour.begin"), group: "page", run: beginTour }]);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.popover = "manual";
    window.addEventListener("tessera-tour", this.begin);
    document.addEventListener("keydown", this.keyed, { capture: true });
    for (const event of ["scroll", "resize"])
      window.addEventListener(event, this.look, { capture: true, passive: true });
    this.watch();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("tessera-tour", this.begin);
    document.removeEventListener("keydown", this.keyed, { capture: true });
    for (const event of ["scroll", "resize"]) window.removeEventListener(event, this.look, { capture: true });
    clearInterval(this.timer);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { step, tour } = this;
    if (step === null || tour === null) return nothing;
    return html`<div class="ring" ?hidden=${!this.there}></div>
      <section class="box" role="dialog" aria-labelledby="title" aria-describedby="text" tabindex="-1">
        <p class="far">${t("tour.step", { step: tour.step + 1, steps: STEPS.length })}</p>
        <h2 id="title">${t(`tour.${step.id}.title`)}</h2>
        <p id="text">${step.waits && !this.there ? t("tour.waiting") : t(`tour.${step.id}.text`)}</p>
        ${step.id === "further" ? links() : nothing} ${problemNote(this.problem)}
        <div class="buttons">
          <button class="quiet" @click=${this.leave}>${t("tour.leave")}</button>
          <span>
            ${step.tries && this.there ? html`<button @click=${this.go}>${t("tour.go")}</button>` : nothing}
            ${canGoBack(tour) ? html`<button @click=${this.back}>${t("tour.back")}</button>` : nothing}
            ${this.nextButton(step)}
          </span>
        </div>
      </section>`;
  }

  private nextButton(step: Step): TemplateResult {
    const label = this.busy
      ? t("ask.sending")
      : t(step.id === "input" ? "tour.run" : this.isLast ? "tour.end" : "tour.next");
    return html`<button class="primary" ?disabled=${this.busy || (step.waits && !this.there)} @click=${this.next}>
      ${label}
    </button>`;
  }

  protected override updated(): void {
    const shown = this.step !== null;
    if (shown !== this.matches(":popover-open")) this.togglePopover(shown);
    if (shown && this.tour !== null && this.said !== this.tour.step) this.arrive(this.tour.step);
    this.place();
  }

  private get step(): Step | null {
    return stepAt(this.tour, location.pathname);
  }

  private get isLast(): boolean {
    return this.tour !== null && onward(this.tour) === null;
  }

  /** A new step: what it speaks of comes into view, and the keyboard to the box. */
  private arrive(step: number): void {
    this.said = step;
    this.anchor = null;
    this.look();
    this.box?.focus({ preventScroll: true });
  }

  private watch(): void {
    clearInterval(this.timer);
    if (this.step !== null) this.timer = setInterval(this.look, LOOK);
  }

  private readonly look = (): void => {
    const { step } = this;
    if (step === null) return;
    const anchor = within(step.at);
    const came = anchor !== null && anchor !== this.anchor;
    this.anchor = anchor;
    this.there = anchor !== null;
    if (came) reveal(anchor);
    this.place();
  };

  private place(): void {
    const { box } = this;
    if (box === null) return;
    const anchor = this.anchor?.getBoundingClientRect();
    const ring = this.renderRoot.querySelector<HTMLElement>(".ring");
    if (anchor && ring) move(ring, anchor.left - 4, anchor.top - 4, anchor.width + 8, anchor.height + 8);
    const room = { width: innerWidth, height: innerHeight };
    const own = { width: box.offsetWidth, height: box.offsetHeight };
    const middle = { left: (room.width - own.width) / 2, top: room.height - own.height - 24 };
    const { left, top } = anchor ? beside(anchor, own, room) : middle;
    move(box, left, top);
  }

  private turn(tour: Tour | null): void {
    keepTour(tour);
    this.tour = tour;
    this.problem = null;
    this.watch();
  }

  private readonly begin = (): void => {
    this.said = -1;
    this.turn(tourNow());
  };

  private readonly leave = (): void => {
    this.turn(null);
  };

  private readonly back = (): void => {
    if (this.tour !== null) this.turn(backward(this.tour));
  };

  private readonly next = (): void => {
    if (this.tour === null) return;
    if (this.step?.id === "input") void this.ask();
    else this.turn(onward(this.tour));
  };

  /** Takes the keyboard to what the step speaks of. */
  private readonly go = (): void => {
    const target = this.anchor?.shadowRoot?.querySelector<HTMLElement>("[tabindex='0'], button, summary");
    (target ?? (this.anchor as HTMLElement | null))?.focus();
  };

  private readonly keyed = (event: KeyboardEvent): void => {
    if (this.step === null || deepModal()) return;
    if (event.key === "Escape") this.leave();
    else if (event.composedPath().includes(this.box ?? this)) {
      if (event.key === "ArrowLeft") this.back();
      else if (event.key === "ArrowRight" && !(this.step.waits && !this.there)) this.next();
    }
  };

  private async ask(): Promise<void> {
    this.busy = true;
    try {
      const known = await samples();
      const story = known.find(({ id }) => id === STORY) ?? known.find(({ kind }) => kind === "text");
      const methods = METHODS.map((key) => ({ key }));
      const run = await createRun({ text: story?.text ?? null, models: story?.request.models ?? [], methods });
      keepTour({ step: 1, run: run.url });
      location.assign(run.url);
    } catch (error) {
      this.problem = asProblem(error);
    }
    this.busy = false;
  }
}

const links = (): TemplateResult =>
  html`<p class="links"><a href="/gallery">${t("gallery.title")}</a> <a href="/guide">${t("guide.title")}</a></p>`;

const deepModal = (): boolean => within(["dialog:modal"]) !== null;

function reveal(anchor: Element): void {
  const { top, bottom } = anchor.getBoundingClientRect();
  if (top >= 0 && bottom <= innerHeight * 0.7) return;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  anchor.scrollIntoView({ block: "center", behavior: still ? "instant" : "smooth" });
}

function move(element: HTMLElement, left: number, top: number, width?: number, height?: number): void {
  element.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  if (width !== undefined) element.style.inlineSize = `${Math.round(width)}px`;
  if (height !== undefined) element.style.blockSize = `${Math.round(height)}px`;
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-tour": TourBox;
  }
}
