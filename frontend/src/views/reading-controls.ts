/** The small switches above a strip or a picture. */
import { html, nothing, type TemplateResult } from "lit";

import { t } from "../text";
import type { PreferencesController } from "../theme/preferences";

export function readingControls(preferences: PreferencesController, over: "text" | "picture" | "cuts"): TemplateResult {
  return html`
    ${over === "picture" ? pictureControls(preferences) : invisibleControl(preferences)}
    ${over === "text" ? writingControls(preferences) : nothing} ${over === "cuts" ? nothing : marksControl(preferences)}
  `;
}

function pictureControls(preferences: PreferencesController): TemplateResult {
  const { beside, strength } = preferences.value;
  const strengthen = (event: Event): void =>
    preferences.set({ strength: (event.target as HTMLInputElement).valueAsNumber });
  return html`<button class="quiet" aria-pressed=${beside} @click=${() => preferences.set({ beside: !beside })}>
      side by side
    </button>
    <label class="row muted" ?hidden=${beside}>
      colour
      <input
        type="range"
        min="0"
        max="1"
        step="0.05"
        .value=${String(strength)}
        aria-label="How strongly the colours cover the picture"
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
    title=${t("strip.keyed", { what: t("strip.invisible-hint"), key: "w" })}
    @click=${() => preferences.set({ invisible: !invisible })}
  >
    ␣ ⏎
  </button>`;
}

/** What is written of every token beside its text: each is a key, too. */
function writingControls(preferences: PreferencesController): TemplateResult[] {
  const switched = (name: "ids" | "bytes" | "specials", key: string): TemplateResult => {
    const on = preferences.value[name];
    return html`<button
      class="quiet"
      aria-pressed=${on}
      aria-keyshortcuts=${key}
      title=${t("strip.keyed", { what: t(`strip.${name}-hint`), key })}
      @click=${() => preferences.set({ [name]: !on })}
    >
      ${t(`strip.${name}`)}
    </button>`;
  };
  return [switched("ids", "i"), switched("bytes", "b"), switched("specials", "s")];
}

function marksControl(preferences: PreferencesController): TemplateResult {
  const { marks } = preferences.value;
  return html`<button
    class="quiet"
    aria-pressed=${marks}
    title="Repeat the size of each value as the height of a mark"
    @click=${() => preferences.set({ marks: !marks })}
  >
    marks
  </button>`;
}
