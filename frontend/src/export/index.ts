/** All that a result can be exported as. This module and what it needs are fetched when something is exported. */
import { caveatOf, readsOf } from "../forms/cards";
import { language } from "../text";
import { number, quantity } from "../theme/format";
import { toHex } from "../theme/oklab";
import { CATEGORIES, dark, light } from "../theme/palette";
import { colourAt, place, valueAt, type ColourScale } from "../theme/scales";
import { stripOf } from "../views/context";
import { shownOf } from "../views/shown";
import { toCsv, toJson } from "./data";
import { toHtml } from "./html";
import { toLatex } from "./latex";
import { toPng } from "./png";
import { readScene } from "./read";
import { commandLine, pythonSnippet, type Question } from "./reproduce";
import type { Colour, Scene } from "./scene";
import { contextOf, explained, origin, slice, titleOf, type Exported } from "./sheet-view";
import { stage, WIDTHS, type SheetTheme, type Stage, type Width } from "./stage";
import { toSvg } from "./svg";
import { tablesOf } from "./tables";
import { stripsOf } from "./tiles";

export const DRAWN = ["png", "svg", "pdf", "html"] as const;
export const TOLD = ["csv", "json", "tex"] as const;
export const AGAIN = ["sh", "py"] as const;
export type Format = (typeof DRAWN)[number] | (typeof TOLD)[number] | (typeof AGAIN)[number];

export interface ExportOptions {
  width: Width;
  theme: SheetTheme;
  /** Whether SVG carries its fonts. */
  fonts: boolean;
}

const MIME: Readonly<Record<Format, string>> = {
  ...{ png: "image/png", svg: "image/svg+xml", pdf: "application/pdf", html: "text/html;charset=utf-8" },
  ...{ csv: "text/csv;charset=utf-8", json: "application/json", tex: "application/x-tex;charset=utf-8" },
  ...{ sh: "application/x-sh;charset=utf-8", py: "text/x-python;charset=utf-8" },
};

/** How many pixels of a PNG make one of the sheet. */
const PNG_SCALE: Readonly<Record<Width, number>> = { single: 3, double: 2, slide: 2 };

export async function exportAs(
  format: Format,
  of: Exported,
  question: Question | null,
  options: ExportOptions,
): Promise<Blob> {
  const content = await contentOf(format, of, question, options);
  return content instanceof Blob ? content : new Blob([content], { type: MIME[format] });
}

async function contentOf(
  format: Format,
  of: Exported,
  question: Question | null,
  options: ExportOptions,
): Promise<Blob | string> {
  switch (format) {
    case "csv":
      return toCsv(of);
    case "json":
      return toJson(of);
    case "sh":
      return question === null ? "" : commandLine(question, of.site);
    case "py":
      return question === null ? "" : pythonSnippet(question, of.site);
    default:
      return staged(format, of, options);
  }
}

async function staged(
  format: "png" | "svg" | "pdf" | "html" | "tex",
  of: Exported,
  options: ExportOptions,
): Promise<Blob | string> {
  const { width, theme, fonts } = options;
  const set = await stage(of, width, format === "tex" || format === "html" ? "light" : theme);
  try {
    const { mm, px } = WIDTHS[width];
    if (format === "html") return toHtml(set, { title: titleOf(of), language, width: px });
    if (format === "tex") return latexOf(of, set);
    const scene = sceneOf(of, set, theme);
    if (format === "png") return await toPng(scene, PNG_SCALE[width]);
    if (format === "svg") return toSvg(scene, { mm, type: fonts ? set.type : null, description: origin(of) });
    const { toPdf } = await import("./pdf");
    return await toPdf(scene, { mm, type: set.type, language });
  } finally {
    set.strike();
  }
}

/** On paper nothing stands behind the figure; in the dark its ground is a part of it. */
function sceneOf(of: Exported, { sheet }: Stage, theme: SheetTheme): Scene {
  const paper: Colour | null = theme === "dark" ? { hex: toHex(dark.paper), alpha: 1 } : null;
  return readScene(sheet, { title: titleOf(of), paper });
}

function latexOf(of: Exported, { sheet }: Stage): string {
  const { result, panels } = of;
  const strips = stripsOf(sheet, toHex(light.paper));
  const notes = [
    ...[explained(result), ...panels.map((panel) => slice(of, panel)), readsOf(result)],
    ...[caveatOf(result), origin(of)],
  ];
  const tables = panels
    .filter((panel) => strips.length === 0 || panel.kind === "chart" || panel.kind === "segmentations")
    .flatMap((panel) => tablesOf(panel, contextOf(of, panel)));
  return toLatex({
    title: titleOf(of),
    notes: notes.filter((note) => note !== ""),
    strips,
    scale: scaleOf(of),
    tables,
  });
}

/** The first scale in a few steps. */
function scaleOf(of: Exported): { ground: string; label: string }[] {
  const panel = of.panels.find((one) => one.kind === "scores");
  if (panel?.kind !== "scores") return [];
  const context = contextOf(of, panel);
  const { scale, track } = shownOf(panel, stripOf(context, panel.strip), context.look.value);
  if (scale.kind === "categorical") {
    return (scale.categories ?? []).map((label, at) => ({
      ground: CATEGORIES.light[at % CATEGORIES.light.length] ?? "#ffffff",
      label,
    }));
  }
  const ends = scale.kind === "diverging" ? [-1, -0.5, 0, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1];
  return ends.map((at, index) => {
    const value = valueAt(scale, at);
    return {
      ground: groundOf(scale, value),
      label: index === ends.length - 1 ? quantity(value, track.unit) : number(value),
    };
  });
}

const groundOf = (scale: ColourScale, value: number): string => toHex(colourAt(light, place(scale, value)));
