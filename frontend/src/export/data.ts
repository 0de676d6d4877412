/** What is shown as numbers: CSV for spreadsheets, JSON for programs. */
import { contextOf, explained, origin, slice, titleOf, type Exported } from "./sheet-view";
import { tablesOf, type Cell, type Table } from "./tables";

export function allTables(of: Exported): Table[] {
  const figures = Object.values(of.result.figures).map(({ label, value, unit }): Cell[] => [label, value, unit]);
  return [
    ...of.panels.flatMap((panel) => tablesOf(panel, contextOf(of, panel))),
    ...(figures.length === 0 ? [] : [{ title: "Figures", columns: ["figure", "value", "unit"], rows: figures }]),
  ];
}

/**
 * One table below the other, each with a line of what it is and a header (RFC 4180). Text that a spreadsheet could
 * take for a formula has an apostrophe in front, as in the API's own CSV.
 */
export function toCsv(of: Exported): string {
  const told = [titleOf(of), explained(of.result), ...of.panels.map((panel) => slice(of, panel)), origin(of)];
  const head = told.filter((line) => line !== "").map((line) => [`# ${oneLine(line)}`]);
  const blocks = allTables(of).map(({ title, columns, rows }) => [[`# ${oneLine(title)}`], columns, ...rows]);
  return [head, ...blocks].map((lines) => lines.map(csvLine).join("")).join("\r\n");
}

const csvLine = (cells: readonly Cell[]): string => `${cells.map(csvCell).join(",")}\r\n`;

export function csvCell(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const text = guarded(cell);
  return /[",\r\n]|^\s|\s$/.test(text) || text === "" ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The rule of `workers.export.csv`. */
export function guarded(text: string): string {
  const risky = /^[\t\r\n']/.test(text) || /^\s*[=+\-@＝＋－＠]/.test(text);
  return risky ? `'${text}` : text;
}

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();

/** The tables with all that is needed to read and to repeat them. */
export function toJson(of: Exported): string {
  const { result, view, panels, key } = of;
  return `${JSON.stringify(
    {
      title: titleOf(of),
      method: result.method,
      version: result.version,
      explained: explained(result),
      target: result.target,
      reads: result.provenance.reads,
      caveat: result.provenance.caveat,
      tables: allTables(of).map(({ title, columns, rows }) => ({ title, columns, rows })),
      view: panels.map((panel) => view.panels[`${key}/${result.panels.indexOf(panel)}`] ?? {}),
      provenance: result.provenance,
    },
    null,
    1,
  )}\n`;
}
