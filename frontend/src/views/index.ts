/** One view for each kind of panel. */
import type { TemplateResult } from "lit";

import type { Panel, PanelKind } from "../contract";
import { alternatives } from "./alternatives";
import { branches } from "./branches";
import { chart } from "./chart";
import type { PanelContext, View } from "./context";
import { groups } from "./groups";
import { links } from "./links";
import { reduction } from "./reduction";
import { scores } from "./scores";
import { segmentations } from "./segmentations";

export const views = {
  scores,
  links,
  alternatives,
  segmentations,
  reduction,
  chart,
  branches,
  groups,
} satisfies { [K in PanelKind]: View<K> };

export function draw(panel: Panel, context: PanelContext): TemplateResult {
  const view = views[panel.kind] as View<PanelKind>;
  return view(panel, context);
}
