/** All weights at once: a row per target, a column per source; canvas, so that a thousand by a thousand still moves. */
import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { t } from "../text";
import { number, quantity } from "../theme/format";
import { dark, light } from "../theme/palette";
import { toRgb } from "../theme/oklab";
import { colourAt, place, type ColourScale } from "../theme/scales";
import { base } from "../theme/styles";

@customElement("tessera-matrix")
export class Matrix extends LitElement {
  static override styles = [
    base,
    css`
      canvas {
        inline-size: 100%;
        max-inline-size: 40rem;
        image-rendering: pixelated;
        border: 1px solid var(--line);
        border-radius: 0.3rem;
        cursor: crosshair;
      }
      p {
        min-block-size: 1.5em;
        font-size: 0.875rem;
        font-variant-numeric: tabular-nums;
        unicode-bidi: plaintext;
      }
    `,
  ];

  @property({ attribute: false }) rows: readonly Float32Array[] = [];
  @property({ attribute: false }) scale: ColourScale | null = null;
  @property({ attribute: false }) rowNames: readonly string[] = [];
  @property({ attribute: false }) columnNames: readonly string[] = [];
  @property() unit = "";
  @property() label = "";
  @state() private at: readonly [row: number, column: number] = [0, 0];
  @query("canvas") private canvas!: HTMLCanvasElement;

  protected override render(): TemplateResult {
    const [row, column] = this.at;
    const value = this.rows[row]?.[column] ?? NaN;
    return html`<canvas
        tabindex="0"
        role="img"
        aria-label=${t("matrix.says", { label: this.label, targets: number(this.rows.length), sources: number(this.columnNames.length) })}
        width=${this.columnNames.length}
        height=${this.rows.length}
        style="aspect-ratio: ${Math.max(1, this.columnNames.length)} / ${Math.max(1, this.rows.length)}; max-block-size: 70vh"
        @pointermove=${this.point}
        @keydown=${this.key}
      ></canvas>
      <p aria-live="polite">
        ${this.rowNames[row] ?? ""} ← ${this.columnNames[column] ?? ""}: <strong>${quantity(value, this.unit)}</strong>
      </p>`;
  }

  protected override updated(): void {
    const context = this.canvas.getContext("2d");
    const width = this.columnNames.length;
    if (context === null || this.scale === null || width === 0 || this.rows.length === 0) return;
    const palette = getComputedStyle(this).colorScheme === "dark" ? dark : light;
    const image = context.createImageData(width, this.rows.length);
    this.rows.forEach((row, y) =>
      row.forEach((value, x) => {
        const at = this.scale === null ? NaN : place(this.scale, value);
        const colour = Number.isNaN(at) ? palette.hatch : colourAt(palette, at);
        image.data.set([...toRgb(colour).map((channel) => 255 * channel), 255], 4 * (y * width + x));
      }),
    );
    context.putImageData(image, 0, 0);
  }

  private point(event: PointerEvent): void {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    this.move(
      Math.floor(((event.clientY - top) / height) * this.rows.length),
      Math.floor(((event.clientX - left) / width) * this.columnNames.length),
    );
  }

  private key(event: KeyboardEvent): void {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!step) return;
    event.preventDefault();
    this.move(this.at[0] + (step[0] ?? 0), this.at[1] + (step[1] ?? 0));
  }

  private move(row: number, column: number): void {
    const within = (index: number, count: number): number => Math.max(0, Math.min(count - 1, index));
    this.at = [within(row, this.rows.length), within(column, this.columnNames.length)];
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-matrix": Matrix;
  }
}
