/** The rows of a links panel, whether it holds full rows or the top k of each. */
import type { LinksPanel } from "../contract";
import { decoded } from "../contract/arrays";
import type { Selection } from "../marks/band";
import { average } from "./select";

/** One array of `units` weights per target, at the chosen leading indices. What a top-k row leaves out is missing. */
export function rowWeights(panel: LinksPanel, units: number, selections: readonly Selection[]): Float32Array[] {
  const weights = decoded(panel.weights);
  if (panel.indices === null) return panel.rows.map((_, target) => average(weights, [...selections, [target, target]]));
  const indices = decoded(panel.indices);
  const at = selections.map(([, last]): Selection => [last, last]);
  return panel.rows.map((_, target) => {
    const full = new Float32Array(units).fill(NaN);
    const values = average(weights, [...at, [target, target]]);
    average(indices, [...at, [target, target]]).forEach((unit, rank) => {
      if (!Number.isNaN(unit)) full[unit] = values[rank] ?? NaN;
    });
    return full;
  });
}
