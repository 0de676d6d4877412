/** A result as it goes onto paper: its panels as they are looked at, with what is needed to read and to repeat them. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Panel, Result } from "../contract";
import { caveatOf } from "../forms/cards";
import { dialStyles } from "../marks/dial";
import { figures, figureStyles } from "../pages/figures";
import { ViewStore, type RunView } from "../state/view";
import { t } from "../text";
import { quantity } from "../theme/format";
import { base } from "../theme/styles";
import { quoted } from "../tokens/visible";
import { draw } from "../views";
import { stripOf, type PanelContext } from "../views/context";
import { shownOf } from "../views/shown";

/** What is exported, and how it is looked at. */
export interface Exported {
  result: Result;
  /** The method's name. */
  name: string;
  /** Origin of the site that has the result. */
  site: string;
  panels: readonly Panel[];
  context: Omit<PanelContext, "result" | "look">;
  view: RunView;
  /** What the parts of the view go by. */
  key: string;
}

/** As if nobody could click. */
export function contextOf({ result, context, view, key }: Exported, panel: Panel): PanelContext {
  const look = new ViewStore(view).look(`${key}/${result.panels.indexOf(panel)}`);
  return { ...context, result, look, explain: null, branch: null };
}

/** `Surprisal · demo-lm`. */
export function titleOf({ name, result }: Pick<Exported, "name" | "result">): string {
  return [name, ...new Set(result.provenance.models.map(({ model }) => model))].join(" · ");
}

/** What the result explains, in a sentence; empty without a target. */
export function explained({ target }: Result): string {
  if (target === null) return "";
  const name = target.class_label ?? quoted(target.text);
  const against = target.contrast === null ? "none" : quoted(target.contrast_text);
  const value = target.value === null ? "" : quantity(target.value, "");
  return t("export.explains", { name, against, value, quantity: target.quantity, has: value === "" ? "no" : "yes" });
}

/** Which layers and heads the numbers are the mean of, as they are chosen. */
export function slice(of: Exported, panel: Panel): string {
  if (panel.kind !== "scores") return "";
  const context = contextOf(of, panel);
  const { track, selections } = shownOf(panel, stripOf(context, panel.strip), context.look.value);
  if (context.look.value.cells !== undefined || track.axes.length === 0) return "";
  const parts = track.axes.map(({ name, values }, index) => {
    const [from, to] = selections[index] ?? [0, 0];
    return from === to ? `${name} ${values[from] ?? from}` : `${name} ${values[from] ?? from}–${values[to] ?? to}`;
  });
  return t("export.slice", { slice: parts.join(", ") });
}

/** By what the numbers came about, in a line. */
export function origin({ result, site }: Pick<Exported, "result" | "site">): string {
  const known = result.provenance;
  const models = known.models.map(({ model, revision, dtype }) =>
    [model, revision === "" ? "" : revision.slice(0, 12), dtype].filter((part) => part !== "").join(" "),
  );
  return t("export.origin", {
    ...{ method: known.method, version: String(known.version), models: models.join(", "), seed: String(known.seed) },
    address: new URL(site).host,
  });
}

@customElement("tessera-export-sheet")
export class ExportSheet extends LitElement {
  static override styles = [
    base,
    dialStyles,
    figureStyles,
    css`
      :host {
        display: grid;
        gap: 0.8rem;
        box-sizing: border-box;
        padding: 4px;
        font: 1rem/1.5 var(--sans);
        color: var(--ink);
      }
      :host > * {
        min-inline-size: 0;
      }
      h3 {
        font-size: 1.0625rem;
      }
      .fine {
        font-size: 0.75rem;
        color: var(--muted);
      }
      .head {
        font-size: 0.875rem;
      }
    `,
  ];

  @property({ attribute: false }) exported!: Exported;
  /** What could not be set in type. */
  @property({ attribute: false }) missing: readonly string[] = [];

  protected override render(): TemplateResult {
    const { result, panels } = this.exported;
    const about = explained(result);
    return html`<div>
        <h3>${titleOf(this.exported)}</h3>
        ${about === "" ? nothing : html`<p class="head">${about}</p>`}
      </div>
      ${figures(result)}
      ${panels.map((panel) => {
        const of = slice(this.exported, panel);
        return html`${of === "" ? nothing : html`<p class="head muted">${of}</p>`}
        ${draw(panel, contextOf(this.exported, panel))}`;
      })}
      <div class="fine">
        ${result.provenance.caveat === "" ? nothing : html`<p>${caveatOf(result)}</p>`}
        <p>${origin(this.exported)}</p>
        ${this.missing.length === 0 ? nothing : html`<p>${t("export.missing", { points: this.missing.join(" ") })}</p>`}
      </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-export-sheet": ExportSheet;
  }
}
