/** Whether a map of importance can be believed: what the run's measurement of faithfulness says of each method. */
import type {
  Figure,
  JobsRequest,
  JobState,
  MethodCall,
  MethodEntry,
  Result,
  ResultState,
  RunState,
} from "../contract";
import { isUnfinished } from "./run";
import { answersFor, isImportance, targetAgain } from "./what-if";

export const FIDELITY = "fidelity";

/** How the page measures by itself: enough orders to tell a map from dice, few enough to be quick. */
export const QUICK = { orders: 10, points: 8 };

/** At least so many of the random orders have to lie behind a method that is better than they are. */
const CONVINCING = 0.95;
/** Fewer units than these leave chance too few orders to be told from. */
const FEWEST_UNITS = 5;
/** A target that moves by less than this, in nat or logit, with everything gone says nothing. */
const LEAST_MOVED = 0.1;
/** A target that is less probable than this is improbable as it is. */
const LEAST_PROBABLE = 0.01;

export type Why = "few-units" | "unmoved" | "improbable";

export interface Grade {
  verdict: "better" | "no-better" | "worse" | "silent";
  /** Shares of random orders left behind, 0 to 1, under the replacement where they are least. */
  beaten: number;
  deletion: number;
  insertion: number;
  softNS: number | null;
  softNC: number | null;
  /** Why it says nothing, where it does. */
  why: Why | null;
}

const valueOf = (figures: Readonly<Record<string, Figure>>, name: string): number | null =>
  figures[name]?.value ?? null;

/** What a measurement says of a method; null where it does not say anything of it. */
export function gradeOf(
  figures: Readonly<Record<string, Figure>>,
  method: string,
  target: Result["target"],
): Grade | null {
  const [beaten, deletion, insertion] = ["beaten", "deletion", "insertion"].map((name) =>
    valueOf(figures, `${method}_${name}`),
  );
  if (beaten == null || deletion == null || insertion == null) return null;
  const why = silence(figures, target);
  return {
    verdict:
      why !== null ? "silent" : beaten >= CONVINCING ? "better" : beaten <= 1 - CONVINCING ? "worse" : "no-better",
    ...{ beaten, deletion, insertion, why },
    softNS: valueOf(figures, `${method}_soft_ns`),
    softNC: valueOf(figures, `${method}_soft_nc`),
  };
}

function silence(figures: Readonly<Record<string, Figure>>, target: Result["target"]): Why | null {
  const [units, moved] = [valueOf(figures, "units"), valueOf(figures, "moved")];
  if (units !== null && units < FEWEST_UNITS) return "few-units";
  const least = target?.quantity === "probability" ? LEAST_MOVED / 10 : LEAST_MOVED;
  if (moved !== null && moved < least) return "unmoved";
  return target !== null && isImprobable(target) ? "improbable" : null;
}

function isImprobable({ value, quantity, contrast_ids: contrast, ids }: NonNullable<Result["target"]>): boolean {
  if (value === null || contrast.length > 0 || quantity === "logit") return false;
  const share = quantity === "probability" ? value : Math.exp(value / Math.max(1, ids.length));
  return share < LEAST_PROBABLE;
}

export interface Known {
  run: RunState;
  methods: readonly MethodEntry[];
  fetched: (id: string) => Result | null;
}

/** The measurement of a result's target that grades its method with its parameters; the latest, finished ones first. */
export function measurementOf(
  call: MethodCall,
  of: Pick<Result, "strips" | "target">,
  job: Pick<JobState, "model">,
  known: Known,
): ResultState | null {
  const all = measurements(job, known).filter((one) => grades(one.method, call, known.methods));
  const fitting = all.filter((one) => of.target === null || isOf(one, of, known));
  return fitting.findLast(({ state }) => state === "done") ?? fitting.at(-1) ?? null;
}

/** All measurements of a model's maps, in the order in which they were asked. */
export function measurements({ model }: Pick<JobState, "model">, { run }: Pick<Known, "run">): ResultState[] {
  const own = new Set(run.jobs.filter((job) => job.model === model).map(({ id }) => id));
  return run.results.filter(
    ({ method, job, state }) => method.key === FIDELITY && own.has(job) && state !== "cancelled",
  );
}

/** Whether a measurement is of this result's target, which a result of the same job has, too, until more is known. */
function isOf(one: ResultState, of: Pick<Result, "strips" | "target">, { run, fetched }: Known): boolean {
  if (answersFor(one, of, run, fetched)) return true;
  if (fetched(one.id) !== null) return false;
  const beside = run.results.filter(({ job, id }) => job === one.job && id !== one.id);
  return beside.some((other) => fetched(other.id) !== null && answersFor(other, of, run, fetched));
}

function grades(measuring: MethodCall, call: MethodCall, methods: readonly MethodEntry[]): boolean {
  const { methods: given, settings } = (measuring.params ?? {}) as {
    methods?: string[];
    settings?: Record<string, Record<string, unknown>>;
  };
  return (
    (given ?? defaultsOf(methods)).includes(call.key) &&
    canonical(settings?.[call.key] ?? {}) === canonical(call.params ?? {})
  );
}

function defaultsOf(methods: readonly MethodEntry[]): string[] {
  const schema = methods.find(({ key }) => key === FIDELITY)?.parameters as
    { properties?: { methods?: { default?: string[] } } } | undefined;
  return schema?.properties?.methods?.default ?? [];
}

const canonical = (value: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(Object.entries(value).toSorted(([one], [other]) => one.localeCompare(other)));

/** A call that measures these calls' maps; null where none of them is one. Of two calls of a method it grades the first. */
export function measuring(calls: readonly MethodCall[], methods: readonly MethodEntry[]): MethodCall | null {
  const card = methods.find(({ key }) => key === FIDELITY);
  const maps = calls.filter(({ key }) => methods.some((one) => one.key === key && isImportance(one)));
  const first = maps.filter(({ key }, index) => maps.findIndex((one) => one.key === key) === index).slice(0, 8);
  if (!card?.available || card.missing !== null || first.length === 0) return null;
  const set = first.filter(({ params }) => Object.keys(params ?? {}).length > 0);
  return {
    key: FIDELITY,
    params: {
      methods: first.map(({ key }) => key),
      ...(set.length > 0 ? { settings: Object.fromEntries(set.map(({ key, params }) => [key, params ?? {}])) } : {}),
      ...QUICK,
    },
  };
}

/** Whether a call is one that the page made by itself. */
export const isQuick = ({ key, params }: MethodCall): boolean =>
  key === FIDELITY && params?.orders === QUICK.orders && params.points === QUICK.points;

/** What has to be asked so that a result's map, and those beside it, are measured; null where that cannot be. */
export function measuringRequest(
  of: Pick<Result, "strips" | "target">,
  { id, model }: Pick<JobState, "id" | "model">,
  known: Known,
): JobsRequest | null {
  const own = known.run.results.filter(({ job }) => job === id).map(({ method }) => method);
  const call = measuring(own, known.methods);
  if (call === null || model === null) return null;
  const target = targetAgain(of);
  return { models: [model], methods: [call], targets: target === null ? [] : [target] };
}

/** A row of the table that ranks a run's methods. */
export interface Ranked extends Grade {
  method: string;
  /** 95 % intervals of what so few orders and draws can tell. */
  intervals: Readonly<Record<Column, Interval | null>>;
  /** It, or as good as it as far as the random orders tell. */
  place: "best" | "tie" | "behind";
}

export type Interval = readonly [low: number, high: number];
export const COLUMNS = ["deletion", "insertion", "Soft-NS", "Soft-NC"] as const;
export type Column = (typeof COLUMNS)[number];

/** The graded methods, the most faithful first. One is tied with the best when their intervals meet in both. */
export function ranked(result: Result): Ranked[] {
  const keys = Object.keys(result.figures).flatMap((name) => /^(.+)_beaten$/.exec(name)?.[1] ?? []);
  const rows = keys.flatMap((method) => {
    const grade = gradeOf(result.figures, method, result.target);
    return grade === null ? [] : { ...grade, method, intervals: intervalsOf(result, method), place: "behind" as const };
  });
  const sorted = rows.toSorted((one, other) => compare(one, other));
  const [best] = sorted;
  return sorted.map((row) => ({ ...row, place: row === best ? "best" : best && tied(row, best) ? "tie" : "behind" }));
}

const compare = (one: Grade, other: Grade): number =>
  other.beaten - one.beaten ||
  other.deletion + other.insertion - one.deletion - one.insertion ||
  soft(other) - soft(one);

const soft = ({ softNS, softNC }: Grade): number => (softNS ?? 0) + (softNC ?? 0);

const tied = (
  { intervals: one }: Pick<Ranked, "intervals">,
  { intervals: other }: Pick<Ranked, "intervals">,
): boolean => meet(one.deletion, other.deletion) && meet(one.insertion, other.insertion);

const meet = (one: Interval | null, other: Interval | null): boolean =>
  one !== null && other !== null && one[0] <= other[1] && other[0] <= one[1];

function intervalsOf({ panels }: Pick<Result, "panels">, method: string): Ranked["intervals"] {
  const series = panels.flatMap((panel) => (panel.kind === "chart" ? panel.series : []));
  const of = (column: Column): Interval | null => {
    const line = series.find(({ label }) => label === column);
    const at = line?.x.indexOf(method) ?? -1;
    const [low, high] = [line?.low?.[at] ?? null, line?.high?.[at] ?? null];
    return low === null || high === null ? null : [low, high];
  };
  return { deletion: of("deletion"), insertion: of("insertion"), "Soft-NS": of("Soft-NS"), "Soft-NC": of("Soft-NC") };
}

/** What is being measured, or will be. */
export const isMeasuring = (one: ResultState | null): boolean => one !== null && isUnfinished(one);
