/** From a token that could have stood somewhere to the run that goes on from it. */
import type { Candidate, JobState, MethodCall, ResultState, RunRequest, RunState, Strip, Unit } from "../contract";
import { offsets, slice } from "../tokens/offsets";

/** What a run that was not asked to go on does when it is, in a branch. */
const TOKENS = 20;

/** The methods of a job that a branch is asked, too: what is quick, and explains no unit that may be gone. */
export function callsOf(
  results: readonly ResultState[],
  job: JobState,
  quick: (call: MethodCall) => boolean,
): MethodCall[] {
  const own = results.filter((result) => result.job === job.id && result.state === "done").map(({ method }) => method);
  return own.filter(quick);
}

/**
 * The run that departs from another one before unit `at` of a job's scored strip, where `token` takes that unit's
 * place. What was generated before stays as ids; a text is cut before the unit. Null where nothing can go on: before
 * the first character, inside a template, on what an encoder-decoder reads.
 */
export function branchAt(
  run: RunState,
  job: JobState,
  strip: Strip,
  at: number,
  calls: readonly MethodCall[],
): ((token: Candidate) => RunRequest) | null {
  const unit = strip.units[at];
  if (unit?.id == null || job.model === null || calls.length === 0 || unit.segment === "template") return null;
  const source = run.sources.find(({ kind }) => kind === "text");
  if (source?.text == null) return null;
  const said = unit.segment === "generated" || unit.segment === "predicted";
  const text = said ? source.text : before(source.text, unit);
  if (text === null || (!said && (strip.role !== "text" || unit.special === true))) return null;
  const begin = strip.units
    .slice(0, at)
    .flatMap(({ segment, id }) => (segment === "generated" && id != null ? id : []));
  const { id, model } = { id: run.id, model: job.model };
  return (token) => ({
    text: said ? null : text,
    source_ids: run.sources.filter(({ kind }) => said || kind !== "text").map((kept) => kept.id),
    reading: run.reading,
    models: [model],
    methods: [...calls],
    generate: { ...lengthened(run, begin.length + 1), begin: [...begin, token.id] },
    branch: { run: id, model, at },
  });
}

/** The settings of the run: as long as it was, or a few tokens more than what it has to begin with. */
function lengthened({ generate }: RunState, begun: number): NonNullable<RunState["generate"]> {
  const wanted = generate?.max_new_tokens ?? TOKENS;
  return { ...generate, max_new_tokens: Math.max(wanted - begun, Math.min(wanted, TOKENS)) };
}

function before(text: string, { char_start: start }: Unit): string | null {
  const kept = start == null ? "" : slice(text, offsets(text), 0, start);
  return kept.trim() === "" ? null : kept;
}
