/** Paths of SVG as those of PDF, which knows lines and cubic curves. */
import { short } from "../scene";

const LENGTHS: Readonly<Record<string, number>> = { m: 2, l: 2, h: 1, v: 1, c: 6, s: 4, q: 4, t: 2, a: 7, z: 0 };
type Point = readonly [x: number, y: number];

export function roundedBox(x: number, y: number, width: number, height: number, radius: number): string {
  if (radius <= 0) return `${short(x)} ${short(y)} ${short(width)} ${short(height)} re`;
  const r = Math.min(radius, width / 2, height / 2);
  const arc = (dx: number, dy: number): string => `a${r} ${r} 0 0 1 ${dx} ${dy}`;
  const [wide, high] = [width - 2 * r, height - 2 * r];
  return pathOperators(
    `M${x + r} ${y}h${wide}${arc(r, r)}v${high}${arc(-r, r)}h${-wide}${arc(-r, -r)}v${-high}${arc(r, -r)}Z`,
  );
}

export function pathOperators(d: string): string {
  const out: string[] = [];
  let at: Point = [0, 0];
  let start: Point = [0, 0];
  /** The last control point, for curves that go on smoothly; and of which kind. */
  let last: { kind: string; control: Point } | null = null;
  for (const { name, values } of commands(d)) {
    const kind = name.toLowerCase();
    const base: Point = name === kind ? at : [0, 0];
    const point = (index: number): Point => [(values[index] ?? 0) + base[0], (values[index + 1] ?? 0) + base[1]];
    const smooth = (of: string): Point =>
      last?.kind === of ? [2 * at[0] - last.control[0], 2 * at[1] - last.control[1]] : at;
    const from = at;
    let control: { kind: string; control: Point } | null = null;
    switch (kind) {
      case "m":
        at = start = point(0);
        out.push(`${pair(at)} m`);
        break;
      case "l":
      case "h":
      case "v":
        at = kind === "l" ? point(0) : kind === "h" ? [point(0)[0], at[1]] : [at[0], (values[0] ?? 0) + base[1]];
        out.push(`${pair(at)} l`);
        break;
      case "c":
      case "s": {
        const first = kind === "c" ? point(0) : smooth("c");
        const second = point(kind === "c" ? 2 : 0);
        at = point(kind === "c" ? 4 : 2);
        out.push(`${pair(first)} ${pair(second)} ${pair(at)} c`);
        control = { kind: "c", control: second };
        break;
      }
      case "q":
      case "t": {
        const middle = kind === "q" ? point(0) : smooth("q");
        at = point(kind === "q" ? 2 : 0);
        out.push(quadratic(from, middle, at));
        control = { kind: "q", control: middle };
        break;
      }
      case "a":
        at = point(5);
        out.push(...arc(from, values, at));
        break;
      case "z":
        at = start;
        out.push("h");
    }
    last = control;
  }
  return out.join(" ");
}

function commands(d: string): { name: string; values: number[] }[] {
  const found: { name: string; values: number[] }[] = [];
  for (const [, name = "", rest = ""] of d.matchAll(/([a-zA-Z])([^a-zA-Z]*(?:e[-+]?\d+[^a-zA-Z]*)*)/g)) {
    const count = LENGTHS[name.toLowerCase()];
    if (count === undefined) continue;
    const values = numbers(rest, name.toLowerCase() === "a");
    if (count === 0) found.push({ name, values: [] });
    for (let from = 0; count > 0 && from + count <= values.length; from += count) {
      const again = from > 0 && name.toLowerCase() === "m" ? (name === "m" ? "l" : "L") : name;
      found.push({ name: again, values: values.slice(from, from + count) });
    }
  }
  return found;
}

/** Flags of arcs may stand without anything between them. */
function numbers(text: string, arcs: boolean): number[] {
  const found: number[] = [];
  const number = /[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gy;
  const flag = /[01]/gy;
  for (let at = 0; at < text.length;) {
    const place = found.length % 7;
    const rule = arcs && (place === 3 || place === 4) ? flag : number;
    rule.lastIndex = at;
    const match = rule.exec(text);
    if (match !== null) found.push(Number(match[0]));
    at = match === null ? at + 1 : rule.lastIndex;
  }
  return found;
}

const pair = ([x, y]: Point): string => `${short(x)} ${short(y)}`;

const towards = (from: Point, to: Point, share: number): Point => [
  from[0] + (to[0] - from[0]) * share,
  from[1] + (to[1] - from[1]) * share,
];

const quadratic = (from: Point, middle: Point, to: Point): string =>
  `${pair(towards(from, middle, 2 / 3))} ${pair(towards(to, middle, 2 / 3))} ${pair(to)} c`;

/** An elliptical arc as cubic curves of a quarter turn at most (SVG 2, appendix B.2.4). */
function arc([x1, y1]: Point, values: readonly number[], [x2, y2]: Point): string[] {
  const [rawX = 0, rawY = 0, turn = 0, large = 0, sweep = 0] = values;
  let [rx, ry] = [Math.abs(rawX), Math.abs(rawY)];
  if (rx === 0 || ry === 0 || (x1 === x2 && y1 === y2)) return [`${pair([x2, y2])} l`];
  const [cos, sin] = [Math.cos((turn * Math.PI) / 180), Math.sin((turn * Math.PI) / 180)];
  const [dx, dy] = [(x1 - x2) / 2, (y1 - y2) / 2];
  const [px, py] = [cos * dx + sin * dy, -sin * dx + cos * dy];
  const grown = Math.sqrt(Math.max(1, (px / rx) ** 2 + (py / ry) ** 2));
  [rx, ry] = [rx * grown, ry * grown];
  const across = (rx * py) ** 2 + (ry * px) ** 2;
  const sign = large === sweep ? -1 : 1;
  const factor = sign * Math.sqrt(Math.max(0, ((rx * ry) ** 2 - across) / across));
  const [qx, qy] = [(factor * rx * py) / ry, (-factor * ry * px) / rx];
  const [cx, cy] = [cos * qx - sin * qy + (x1 + x2) / 2, sin * qx + cos * qy + (y1 + y2) / 2];
  const begin = Math.atan2((py - qy) / ry, (px - qx) / rx);
  let through = Math.atan2((-py - qy) / ry, (-px - qx) / rx) - begin;
  if (sweep === 0 && through > 0) through -= 2 * Math.PI;
  if (sweep !== 0 && through < 0) through += 2 * Math.PI;
  const count = Math.max(1, Math.ceil(Math.abs(through) / (Math.PI / 2) - 1e-9));
  const step = through / count;
  const handle = (4 / 3) * Math.tan(step / 4);
  const place = (x: number, y: number): Point => [cos * rx * x - sin * ry * y + cx, sin * rx * x + cos * ry * y + cy];
  return Array.from({ length: count }, (_, index) => {
    const [one, two] = [begin + index * step, begin + (index + 1) * step];
    const first = place(Math.cos(one) - handle * Math.sin(one), Math.sin(one) + handle * Math.cos(one));
    const second = place(Math.cos(two) + handle * Math.sin(two), Math.sin(two) - handle * Math.cos(two));
    return `${pair(first)} ${pair(second)} ${pair(place(Math.cos(two), Math.sin(two)))} c`;
  });
}
