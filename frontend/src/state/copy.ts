/** The question of somebody else's run, as one's own. */
import { uploadSource } from "../api";
import { content } from "../api/client";
import type { RunState, SourceState } from "../contract";
import { draftOf, type Draft } from "./draft";

/** The draft of a run, pictures and files kept anew as one's own. Throws a problem where they cannot be. */
export async function copyOf(run: RunState): Promise<Draft> {
  const draft = draftOf(run);
  return { ...draft, picture: await own(draft.picture), file: await own(draft.file) };
}

async function own(source: SourceState | null): Promise<SourceState | null> {
  if (source === null) return null;
  const bytes = source.url === null ? new Blob([source.text ?? ""]) : await content(source.url);
  return uploadSource(bytes, undefined, source.kind);
}
