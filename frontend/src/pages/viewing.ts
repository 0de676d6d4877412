/** What a person makes of a run's page: found as it was shared or left, kept while they work, told to a link. */
import type { ReactiveController, ReactiveControllerHost } from "lit";

import type { RunApi } from "../api";
import { keepView, keptView, viewFrom } from "../state/stored-view";
import type { RunView, ViewStore } from "../state/view";

export interface Viewed {
  /** Null while the run is not known, and where it is another's: then the link says how the page begins. */
  mine: string | null;
  /** Whether all answers that there are have been drawn. */
  settled: boolean;
  /** In a page of another site, whose place and address are not ours. */
  embedded: boolean;
}

/** A card on the page, and what its part of the view goes by. */
type Card = HTMLElement & { key: string };

/** Windows begin below the address bar, and what is read below the top line. */
const TOP = 80;

export class Viewing implements ReactiveController {
  /** What whoever shared the run wrote to it. */
  note = "";
  private arrived = false;
  /** What was shared is under way: nobody knows yet where the page begins. */
  private awaited = false;
  private kept: RunView | null = null;

  constructor(
    private readonly host: ReactiveControllerHost & { readonly renderRoot: ParentNode },
    private readonly view: ViewStore,
    private readonly of: () => Viewed | null,
  ) {
    host.addController(this);
  }

  /** Call once the page is there: how a link says that it begins; as the run does, where the link cannot be asked. */
  async restoreShared(api: RunApi): Promise<void> {
    this.awaited = true;
    try {
      const { view, note } = await api.view();
      this.note = note;
      this.view.set(viewFrom(view));
    } catch {
      // Whoever may not read through the link learns so from the run, which is asked for as well.
    } finally {
      this.awaited = false;
      this.host.requestUpdate();
    }
  }

  hostUpdated(): void {
    const viewed = this.of();
    if (viewed === null) return;
    if (viewed.mine !== null) this.keep(viewed.mine);
    if (viewed.settled && !viewed.embedded && !this.awaited) this.arrive();
  }

  /** The view of now, with the place on the page. */
  current(): RunView {
    const at = this.place();
    return { ...this.view.value, ...(at === null ? {} : { at }) };
  }

  private keep(run: string): void {
    if (this.kept === null) {
      const kept = keptView(run);
      if (Object.keys(this.view.value.panels).length === 0) this.view.set(kept);
    } else if (this.kept !== this.view.value) {
      keepView(run, this.view.value);
    }
    this.kept = this.view.value;
  }

  /** To where the view says that a person read, unless the address says another place. */
  private arrive(): void {
    if (this.arrived) return;
    this.arrived = true;
    const { at } = this.view.value;
    const id = /^#result-(.+)$/.exec(location.hash)?.[1];
    void this.host.updateComplete.then(() => {
      if (id !== undefined) this.goTo(id);
      else if (at !== undefined) this.scrollTo(at);
    });
  }

  goTo(result: string): void {
    const card = this.host.renderRoot.querySelector<HTMLElement>(`#result-${CSS.escape(result)}`);
    history.replaceState(null, "", `#result-${result}`);
    card?.scrollIntoView({ block: "start" });
    card?.focus({ preventScroll: true });
  }

  private scrollTo({ card, offset }: NonNullable<RunView["at"]>): void {
    const found = this.cards().find(({ key }) => key === card);
    if (found) window.scrollBy({ top: found.getBoundingClientRect().top - offset, behavior: "instant" });
  }

  /** The last card that begins above what is read, and where; null above all of them. */
  private place(): RunView["at"] | null {
    const begun = this.cards().filter((card) => card.getBoundingClientRect().top <= TOP);
    const card = begun.at(-1);
    return card ? { card: card.key, offset: Math.round(card.getBoundingClientRect().top) } : null;
  }

  private cards(): Card[] {
    return [...this.host.renderRoot.querySelectorAll<Card>("tessera-result-card")];
  }
}
