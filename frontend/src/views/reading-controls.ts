/** The small switches above a strip or a picture. */
import { html, type TemplateResult } from "lit";

import type { PreferencesController } from "../theme/preferences";

export function readingControls(preferences: PreferencesController, picture: boolean): TemplateResult {
  const { invisible, marks, beside, strength } = preferences.value;
  return html`
    ${
      picture
        ? html`<button class="quiet" aria-pressed=${beside} @click=${() => preferences.set({ beside: !beside })}>
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
                @input=${(event: Event) => preferences.set({ strength: (event.target as HTMLInputElement).valueAsNumber })}
              />
            </label>`
        : html`<button
            class="quiet"
            aria-pressed=${invisible}
            title="Show spaces, tabs and line breaks"
            @click=${() => preferences.set({ invisible: !invisible })}
          >
            ␣ ⏎
          </button>`
    }
    <button
      class="quiet"
      aria-pressed=${marks}
      title="Repeat the size of each value as the height of a mark"
      @click=${() => preferences.set({ marks: !marks })}
    >
      marks
    </button>
  `;
}
