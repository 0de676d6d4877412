/** The maps of importance among a run's answers: what is drawn with them, and their order by faithfulness. */
import type { MethodEntry, ResultState, RunState } from "../contract";
import { FIDELITY, gradeOf, measurementOf, type Known } from "../state/believe";
import { answering, type Answering } from "../state/explain";
import { isImportance, WHAT_IF } from "../state/what-if";

/** Whether a group is a map of importance, as its card says. */
export const isMap = ({ results }: Answering, methods: readonly MethodEntry[]): boolean =>
  methods.some((card) => card.key === results[0]?.method.key && isImportance(card));

/** Whether a group is drawn with the maps of its model, and not as a card of its own: what-ifs, measurements. */
export function isBeside(group: Answering, groups: readonly Answering[], methods: readonly MethodEntry[]): boolean {
  const key = group.results[0]?.method.key;
  if (key !== WHAT_IF && key !== FIDELITY) return false;
  return groups.some((other) => other.job.model === group.job.model && isMap(other, methods));
}

/** Whether a group is the first map of its model: what was tried stands with it. */
export function isFirstMap(group: Answering, { run, methods }: Known): boolean {
  const maps = answering(run).filter((other) => other.job.model === group.job.model && isMap(other, methods));
  return maps[0]?.key === group.key;
}

export type Chosen = (group: Answering) => ResultState;

/** Maps by their measured faithfulness, those that are not measured behind them, what is no map last. */
export function byFaithfulness(groups: readonly Answering[], known: Known, chosen: Chosen): Answering[] {
  const graded = groups.map((group) => ({ group, rank: rankOf(group, known, chosen(group)) }));
  return graded.toSorted((one, other) => other.rank - one.rank).map(({ group }) => group);
}

function rankOf(group: Answering, known: Known, state: ResultState): number {
  if (!isMap(group, known.methods)) return -2;
  const result = known.fetched(state.id);
  const one = result && measurementOf(state.method, result, group.job, known);
  const grade = one && gradeOf(one.figures, state.method.key, result.target);
  return grade ? grade.beaten + (grade.deletion + grade.insertion) / 100 : -1;
}

/** Whether a run had a measurement when it was opened: only then do its cards begin in the order of it. */
export const wasMeasured = ({ results }: RunState): boolean =>
  results.some(({ method, state }) => method.key === FIDELITY && state === "done");
