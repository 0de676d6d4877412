/** Which targets of a run a person wants explained: asked once, drawn as soon as they are known, refused with a word. */
import type { ReactiveController, ReactiveControllerHost } from "lit";

import type { RunApi } from "../api";
import { asProblem } from "../api/client";
import type { JobState, MethodEntry, ModelEntry, Problem, Result, ResultState, RunState } from "../contract";
import { Asking } from "../state/asking";
import { answerTo, question, type Answering, type Asked } from "../state/explain";
import { isUnfinished } from "../state/run";
import type { ViewStore } from "../state/view";
import { t } from "../text";
import type { PanelContext } from "../views/context";
import { nameOf } from "./chapters";

export interface Known {
  run: RunState;
  api: RunApi;
  methods: readonly MethodEntry[];
  models: readonly ModelEntry[];
  fetched: (id: string) => Result | null;
  refresh: () => Promise<void>;
}

export interface Drawn {
  result: ResultState;
  /** The result that is asked for, as long as it cannot be drawn but another of its group can. */
  next: ResultState | null;
  /** Whether the drawn result is the one that is asked for. */
  answers: boolean;
}

export class Explaining implements ReactiveController {
  /** What is being asked, for whoever listens. */
  said = "";
  /** By group, the result that was drawn last: it stays until another can take its place. */
  private readonly drawn = new Map<string, string>();
  /** By model, why the last question was not taken. */
  private readonly refusals = new Map<string, Problem>();
  private readonly asking = new Asking({
    underway: (model) => this.underway(model),
    send: (model) => this.send(model),
  });

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly view: ViewStore,
    private readonly known: () => Known | null,
  ) {
    host.addController(this);
  }

  hostUpdated(): void {
    this.asking.news();
  }

  hostDisconnected(): void {
    this.asking.stop();
  }

  chosen(group: Answering, known: Pick<Known, "run" | "fetched">): Drawn {
    const asked = this.askedOf(group.job.model);
    const answer = asked ? answerTo(asked, group, known.run, known.fetched) : null;
    const drawable = group.results.filter(({ id }) => known.fetched(id) !== null);
    const before = drawable.findLast(({ id }) => asked !== null && id === this.drawn.get(group.key)) ?? drawable[0];
    const result = answer === null || (before && !drawable.includes(answer)) ? (before ?? group.results[0]) : answer;
    if (!result) throw new Error("a group of no results");
    this.drawn.set(group.key, result.id);
    return { result, next: answer === result ? null : answer, answers: asked === null || answer === result };
  }

  /** What the panels of a drawn result have to know. */
  part(
    { run, models }: Known,
    { model }: JobState,
    { next, answers }: Drawn,
  ): Pick<PanelContext, "asked" | "waiting" | "refused" | "explain" | "labels"> {
    const refused = answers ? null : this.refusalOf(run, model ?? "", next);
    return {
      asked: this.askedOf(model),
      waiting: !answers && refused === null && (next === null || isUnfinished(next) || next.state === "done"),
      refused,
      explain: model === null ? null : (asked) => this.explain(model, asked),
      labels: models.find(({ key }) => key === model)?.labels ?? [],
    };
  }

  /** Why what is asked of the model is not answered. */
  private refusalOf(run: RunState, model: string, next: ResultState | null): string | null {
    const problem = this.refusals.get(model) ?? (next?.state === "failed" ? problemOf(run, next) : null);
    if (problem !== null) return problem.detail || problem.title;
    return !run.mine && next === null ? t("targets.unasked") : null;
  }

  private askedOf(model: string | null): Asked | null {
    return this.view.value.asked[model ?? ""] ?? null;
  }

  /** Shows the sources of a target: those that are known at once, the others as soon as they are computed. */
  private explain(model: string, wanted: Asked | null): void {
    const others = Object.entries(this.view.value.asked).filter(([key]) => key !== model);
    this.refusals.delete(model);
    this.view.set({ asked: Object.fromEntries(wanted === null ? others : [...others, [model, wanted]]) });
    if (wanted !== null && this.known()?.run.mine === true) this.asking.ask(model);
    else this.asking.drop(model);
  }

  private underway(model: string): number {
    const jobs = this.known()?.run.jobs ?? [];
    return jobs.filter((job) => job.model === model && job.targets.length > 0 && isUnfinished(job)).length;
  }

  private async send(model: string): Promise<void> {
    const [known, asked] = [this.known(), this.askedOf(model)];
    const request = known && asked ? question(asked, model, known.run, known, known.fetched) : null;
    if (known === null || request === null) return;
    const methods = request.methods.map(({ key }) => nameOf(key, known.methods)).join(", ");
    this.say(t("targets.asking", { methods }));
    try {
      await known.api.addJobs(request);
    } catch (error) {
      if (this.askedOf(model) === asked) this.refusals.set(model, asProblem(error));
    }
    await known.refresh();
    this.say("");
  }

  private say(said: string): void {
    this.said = said;
    this.host.requestUpdate();
  }
}

const problemOf = (run: RunState, { job, problem }: ResultState): Problem | null =>
  problem ?? run.jobs.find(({ id }) => id === job)?.problem ?? null;
