/** The small switches above a strip or a picture. */
import { html, nothing, type TemplateResult } from "lit";

import { t } from "../text";
import type { PreferencesController } from "../theme/preferences";
import "./show-menu";

export function readingControls(preferences: PreferencesController, over: "text" | "picture" | "cuts"): TemplateResult {
  return html`
    ${over === "picture" ? html`${pictureControls(preferences)} ${marksControl(preferences)}` : nothing}
    ${over === "cuts" ? invisibleControl(preferences) : nothing}
    ${over === "text" ? html`<tessera-show-menu></tessera-show-menu>` : nothing}
  `;
}

function pictureControls(preferences: PreferencesController): TemplateResult {
  const { beside, strength } = preferences.value;
  const strengthen = (event: Event): void =>
    preferences.set({ strength: (event.target as HTMLInputElement).valueAsNumber });
  return html`<button class="quiet" aria-pressed=${beside} @click=${() => preferences.set({ beside: !beside })}>
      ${t("picture.beside")}
    </button>
    <label class="row muted" ?hidden=${beside}>
      ${t("picture.colour")}
      <input
        type="range"
        min="0"
        max="1"
        step="0.05"
        .value=${String(strength)}
        aria-label=${t("picture.strength")}
        @input=${strengthen}
      />
    </label>`;
}

function invisibleControl(preferences: PreferencesController): TemplateResult {
  const { invisible } = preferences.value;
  return html`<button
    class="quiet"
    aria-pressed=${invisible}
    aria-label=${t("strip.invisible-hint")}
    aria-keyshortcuts="w"
    title=${t("strip.invisible-hint")}
    @click=${() => preferences.set({ invisible: !invisible })}
  >
    ␣ ⏎
  </button>`;
}

function marksControl(preferences: PreferencesController): TemplateResult {
  const { marks } = preferences.value;
  return html`<button
    class="quiet"
    aria-pressed=${marks}
    title=${t("strip.marks-hint")}
    @click=${() => preferences.set({ marks: !marks })}
  >
    ${t("strip.marks")}
  </button>`;
}
