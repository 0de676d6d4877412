/** Writes src/export/faces.json: which characters stand in which file of the fonts that exports embed. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

import { create } from "fontkit";

const PACKAGES = new URL("../node_modules/@fontsource/", import.meta.url);
const OUT = new URL("../src/export/faces.json", import.meta.url);
/** The first that has a character draws it. Those of Chinese and Korean are listed by their own packages. */
const FAMILIES = [
  ...["", "arabic", "hebrew", "devanagari", "bengali", "tamil", "telugu", "kannada", "malayalam", "gujarati"],
  ...["gurmukhi", "sinhala", "thai", "lao", "khmer", "myanmar", "georgian", "armenian", "ethiopic"],
  ...["symbols", "math", "symbols-2"],
].map((name) => ["noto-sans", name].filter(Boolean).join("-"));

const known = new Set();
const faces = [];
for (const family of [...FAMILIES, "noto-emoji"]) take(family, "sans", known);
take("noto-sans-mono", "mono", new Set());
writeFileSync(OUT, `${JSON.stringify(faces, null, 1)}\n`);

function take(family, kind, before) {
  const all = readdirSync(new URL(`${family}/files/`, PACKAGES)).filter((file) => file.endsWith("-400-normal.woff2"));
  // The emoji also stand in one file that holds all of them.
  const files = all.filter((file) => file !== "noto-emoji-emoji-400-normal.woff2");
  const own = family.replace(/^noto-(sans-?)?/, "");
  for (const file of files.sort((one, other) => rank(one, own) - rank(other, own))) {
    const characters = create(readFileSync(new URL(`${family}/files/${file}`, PACKAGES))).characterSet;
    const drawn = characters.filter((point) => point >= 0x20);
    if (!drawn.some((point) => !before.has(point))) continue;
    drawn.forEach((point) => before.add(point));
    faces.push({
      family,
      kind,
      slice: file.slice(family.length + 1, -"-400-normal.woff2".length),
      ranges: ranges(drawn),
    });
  }
}

/** The slice of a family's own script comes first. */
function rank(file, own) {
  return file.includes(`-${own}-${own}-`) ? 0 : file.includes("-latin-400") ? 1 : file.includes("-latin-ext-") ? 2 : 3;
}

/** `20-7e,a0`, in hexadecimal. */
function ranges(points) {
  const found = [];
  for (const point of [...points].sort((one, other) => one - other)) {
    const last = found.at(-1);
    if (last?.[1] === point - 1) last[1] = point;
    else found.push([point, point]);
  }
  return found
    .map(([from, to]) => (from === to ? from.toString(16) : `${from.toString(16)}-${to.toString(16)}`))
    .join();
}
