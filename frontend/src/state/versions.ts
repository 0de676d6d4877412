/** What made a result against what the site has today: results outlive the methods and models that made them. */
import type { MethodEntry, ModelEntry, Result } from "../contract";
import { t } from "../text";

export interface Catalogue {
  methods: readonly MethodEntry[];
  models: readonly ModelEntry[];
}

/** A sentence for each part that is gone or another one now; none while the catalogue is not known. */
export function changedSince({ method, version, provenance }: Result, { methods, models }: Catalogue): string[] {
  const sentences: string[] = [];
  if (methods.length > 0) {
    const now = methods.find(({ key }) => key === method);
    if (now === undefined) sentences.push(t("made.method-gone"));
    else if (now.version !== version) sentences.push(t("made.other-version", { made: version, now: now.version }));
  }
  for (const { model, revision } of models.length > 0 || methods.length > 0 ? provenance.models : []) {
    const now = models.find(({ key }) => key === model);
    if (now === undefined) sentences.push(t("made.model-gone", { model }));
    else if (revision !== "" && now.revision !== "" && now.revision !== revision)
      sentences.push(t("made.other-revision", { model, made: short(revision), now: short(now.revision) }));
  }
  return sentences;
}

const short = (revision: string): string => revision.replace(/^sha256:/, "").slice(0, 12);
