/** Names and sentences of methods and models, and the sample that a run came from; a page does without them. */
import { methods, models, samples } from "../api";
import type { MethodEntry, ModelEntry, Sample } from "../contract";

export interface RunCatalogue {
  methods: readonly MethodEntry[];
  models: readonly ModelEntry[];
  sample: Sample | null;
}

/** `at`: where the catalogue is asked for; `sample`: the id of one. What cannot be fetched stays empty. */
export async function runCatalogue(at: string, sample: string | null): Promise<RunCatalogue> {
  const [known, all, samplesFound] = await Promise.all([
    methods(at).catch(() => []),
    models(at).catch(() => []),
    sample === null ? [] : samples().catch(() => []),
  ]);
  return { methods: known, models: all, sample: samplesFound.find(({ id }) => id === sample) ?? null };
}
