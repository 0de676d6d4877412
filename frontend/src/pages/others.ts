/** The panels of tracks that a page has drawn, from which any view can show a track beside its own. */
import type { MethodEntry, Result, ResultState, RunState } from "../contract";
import { answering, type Answering } from "../state/explain";
import type { OtherPanel } from "../views/beside";
import { nameOf, severalModels } from "./chapters";

export interface Page {
  run: RunState;
  methods: readonly MethodEntry[];
  fetched: (id: string) => Result | null;
}

/** Of each group of results the one that is drawn, as soon as it has come. */
export function panelsOfPage(page: Page, drawn: (group: Answering) => ResultState): OtherPanel[] {
  return answering(page.run).flatMap((group) => {
    const result = page.fetched(drawn(group).id);
    return (result?.panels ?? []).flatMap((panel, index) => {
      const strip = panel.kind === "scores" ? result?.strips.find(({ id }) => id === panel.strip) : undefined;
      if (panel.kind !== "scores" || strip === undefined) return [];
      return [{ key: `${group.key}/${index}`, method: title(group, page), panel, strip }];
    });
  });
}

/** The method, with the model where the page shows several, and with the parameters that another run of it has not. */
export function title({ job, results }: Answering, { run, methods }: Pick<Page, "run" | "methods">): string {
  const { key, params } = results[0]?.method ?? { key: "" };
  const same = run.results.filter(({ method }) => method.key === key).map(({ method }) => method.params ?? {});
  const own = Object.entries(params ?? {}).filter(([name, value]) =>
    same.some((other) => JSON.stringify(other[name]) !== JSON.stringify(value)),
  );
  const model = severalModels(run) ? (job.model ?? "") : "";
  const parts = own.map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`);
  return [nameOf(key, methods), model, ...parts].filter((part) => part !== "").join(" · ");
}
