/** Text with colours, or tables of numbers, for LaTeX: whatever a token says, it is only set, never obeyed. */
import type { Table } from "./tables";
import type { Tile } from "./tiles";

export interface Tex {
  title: string;
  /** Sentences below it: what is explained, how to read it, where it comes from. */
  notes: readonly string[];
  strips: readonly (readonly (readonly Tile[])[])[];
  /** Marks of the scale: colour and number. */
  scale: readonly { ground: string; label: string }[];
  tables: readonly Table[];
}

const MOST_ROWS = 60;
const MOST_COLUMNS = 8;

export function toLatex({ title, notes, strips, scale, tables }: Tex): string {
  const texts = [title, ...notes, ...strips.flat(2).map(({ text }) => text), ...tables.flatMap(cellsOf)].join("");
  const parts = [
    ...strips.map((lines) =>
      lines
        .map(line)
        .filter((text) => text !== "")
        .join("\n\n"),
    ),
    ...tables.map(tabular),
  ];
  const legend = scale.map(({ ground, label }) => `\\tesseratile{${code(ground)}}{~${tex(label)}~}`).join("");
  return [
    ...head(title, texts),
    "\\begingroup\\setlength{\\parindent}{0pt}\\setlength{\\fboxsep}{0pt}\\raggedright",
    `{\\bfseries ${tex(title)}\\par}\\smallskip`,
    parts.join("\n\n\\medskip\n"),
    legend === "" ? "" : `\n\\smallskip{\\footnotesize ${legend}\\par}`,
    ...notes.map((note) => `{\\footnotesize ${tex(note)}\\par}`),
    "\\endgroup",
    "",
  ].join("\n");
}

/** What the preamble must hold, as comments; commands that a document may define anew. */
function head(title: string, texts: string): string[] {
  const beyond = /[^\p{Cc}\u0020-\u024f\u2000-\u206f\u20ac\u2190-\u22ff]/u.test(texts);
  const rtl = /[\p{Script=Arabic}\p{Script=Hebrew}]/u.test(texts);
  return [
    `% ${comment(title)}`,
    "% \\input this file. The preamble needs:",
    "%   \\usepackage{xcolor}",
    ...(beyond
      ? [
          "% The text goes beyond the Latin script: compile with LuaLaTeX or XeLaTeX, and",
          "%   \\usepackage{fontspec}",
          "%   \\setmainfont{…}   % a font that has the text's characters, such as Noto Sans with fallbacks",
        ]
      : ["%   \\usepackage[utf8]{inputenc}\\usepackage[T1]{fontenc}   % with pdfLaTeX"]),
    ...(rtl
      ? ["%   \\usepackage[bidi=basic]{babel}\\babelprovide[import]{arabic}   % right-to-left text, LuaLaTeX"]
      : []),
    "\\providecommand{\\tesseratile}[2]{\\colorbox[HTML]{#1}{\\strut #2}\\hspace{0pt}}",
    "\\providecommand{\\tesserachosen}[1]{\\fbox{#1}}",
    "\\providecommand{\\tesseranone}[1]{\\underline{\\strut #1}\\hspace{0pt}}",
  ];
}

/** A paragraph; spaces before a token are where lines may break. */
function line(tiles: readonly Tile[]): string {
  return tiles.map(tile).join("").replace(/\s+$/, "");
}

function tile({ text, ground, ink, bold, italic, special, chosen, missing }: Tile): string {
  const [, before = "", body = "", after = ""] = /^(\s*)(.*?)(\s*)$/su.exec(text) ?? [];
  if (body === "") return text === "" ? "" : " ";
  const set = [
    (inner: string) => (special ? `{\\scriptsize\\ttfamily ${inner}}` : inner),
    (inner: string) => (bold ? `\\textbf{${inner}}` : inner),
    (inner: string) => (italic ? `\\textit{${inner}}` : inner),
    (inner: string) => (ground !== null && ink !== "#000000" ? `\\textcolor[HTML]{${code(ink)}}{${inner}}` : inner),
    (inner: string) =>
      ground === null ? (missing ? `\\tesseranone{${inner}}` : inner) : `\\tesseratile{${code(ground)}}{${inner}}`,
    (inner: string) => (chosen ? `\\tesserachosen{${inner}}` : inner),
  ].reduce((inner, wrap) => wrap(inner), tex(body));
  return `${before === "" ? "" : " "}${set}${after === "" ? "" : " "}`;
}

function tabular({ title, columns, rows }: Table): string {
  const shown = columns.slice(0, MOST_COLUMNS);
  const written = rows.slice(0, MOST_ROWS).map((cells) => cells.slice(0, shown.length).map(cell).join(" & "));
  const left = rows.length > MOST_ROWS ? [`% ${rows.length - MOST_ROWS} further rows are in the CSV.`] : [];
  return [
    `{\\itshape ${tex(title)}\\par}`,
    `{\\footnotesize\\begin{tabular}{${"l".repeat(shown.length)}}`,
    "\\hline",
    `${shown.map(tex).join(" & ")} \\\\`,
    "\\hline",
    ...written.map((text) => `${text} \\\\`),
    "\\hline",
    "\\end{tabular}\\par}",
    ...left,
  ].join("\n");
}

const cell = (value: string | number | null): string =>
  value === null
    ? "--"
    : typeof value === "number"
      ? `$${String(value).replace(/e\+?(-?\d+)$/, "\\cdot10^{$1}")}$`
      : tex(value);

const cellsOf = ({ title, rows }: Table): string[] => [
  title,
  ...rows.slice(0, MOST_ROWS).flatMap((cells) => cells.map((value) => (typeof value === "string" ? value : ""))),
];

const code = (hex: string): string => hex.slice(1).toUpperCase();

const NAMES: Readonly<Record<string, string>> = {
  ...{ "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", "#": "\\#", $: "\\$", "%": "\\%", "&": "\\&", _: "\\_" },
  ...{ "~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "<": "\\textless{}", ">": "\\textgreater{}" },
  ...{ "|": "\\textbar{}", "`": "{`}", "'": "{'}", '"': '{"}', "-": "{-}", "[": "{[}", "]": "{]}", "*": "{*}" },
};

/** Every character as itself: none of them a command, a comment, or half of a ligature. */
export function tex(text: string): string {
  return text
    .replace(/[\\{}#$%&_~^<>|`'"\-[\]*]/g, (char) => NAMES[char] ?? char)
    .replace(/[\t\r\n\u2028\u2029]+/g, " ")
    .replace(/[\p{Cc}\ufffe\uffff]/gu, (char) => point(char));
}

/** A character without a shape, by its number. */
const point = (char: string): string =>
  `\\fbox{\\tiny ${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}}`;

/** What cannot end a comment. */
export const comment = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029\\^]+/gu, " ");
