/** How much the maps of a run can be believed, for its page: the tables above the cards, and the order of these. */
import { nothing, type TemplateResult } from "lit";

import type { ResultState } from "../contract";
import type { Answering } from "../state/explain";
import type { ViewStore } from "../state/view";
import { chapterSection, severalModels, type Chapter } from "./chapters";
import type { Explaining, Known } from "./explaining";
import { byFaithfulness, wasMeasured } from "./maps";
import { rankings } from "./ranking";

export class Believing {
  /** Whether the run had a measurement when the page was opened; null until that is known. */
  private measured: boolean | null = null;

  constructor(
    private readonly view: ViewStore,
    private readonly explaining: Explaining,
  ) {}

  section(chapter: Chapter, known: Known | null, card: (group: Answering) => TemplateResult): TemplateResult {
    const sorted = this.sorted(chapter, known);
    return chapterSection(sorted, card, this.above(sorted, known));
  }

  /** A chapter with its maps in the order of their faithfulness: what comes to be known later moves none. */
  private sorted(chapter: Chapter, known: Known | null): Chapter {
    if (known === null) return chapter;
    this.measured ??= wasMeasured(known.run);
    if (chapter.lens !== "importance" || this.order === "asked") return chapter;
    return { ...chapter, groups: byFaithfulness(chapter.groups, known, (group) => this.shown(group, known)) };
  }

  private above({ lens, groups }: Chapter, known: Known | null): unknown {
    if (known === null || lens !== "importance") return nothing;
    return rankings(groups, known, (group) => this.shown(group, known), {
      ...{ several: severalModels(known.run), order: this.order },
      reorder: (order) => this.view.set({ order }),
    });
  }

  private get order(): "faithful" | "asked" {
    return this.view.value.order ?? (this.measured === true ? "faithful" : "asked");
  }

  private shown(group: Answering, known: Known): ResultState {
    return this.explaining.chosen(group, known).result;
  }
}
