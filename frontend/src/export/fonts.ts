/** The faces that a text needs: chosen for each grapheme, fetched once, and given to the browser to lay out with. */
import { addressOf, faceOf, isSilent, listFor, type Face, type Weight } from "./faces";

export const FAMILIES = { sans: "Tessera Sheet", mono: "Tessera Sheet Mono" } as const;

/** A file of a font, and the characters of a text that it draws. */
export interface UsedFont {
  face: Face;
  weight: Weight;
  data: ArrayBuffer;
  characters: ReadonlySet<number>;
}

export interface TypeSet {
  fonts: readonly UsedFont[];
  /** Graphemes that no font has. */
  missing: ReadonlySet<string>;
  /** The font that draws a grapheme; null where none does. */
  fontOf(grapheme: string, kind: Face["kind"], bold: boolean): UsedFont | null;
}

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
export const graphemesOf = (text: string): string[] => Array.from(segmenter.segment(text), ({ segment }) => segment);

const files = new Map<string, Promise<ArrayBuffer>>();

/** Fetches what the texts need. A font that cannot be fetched counts as missing. */
export async function typeSet(texts: Readonly<Record<Face["kind"], string>>): Promise<TypeSet> {
  await listFor(texts.sans + texts.mono);
  const missing = new Set<string>();
  const used = new Map<string, { face: Face; weight: Weight; url: string; characters: Set<number> }>();
  for (const kind of ["sans", "mono"] as const) {
    for (const grapheme of new Set(graphemesOf(texts[kind]))) {
      const face = faceOf(grapheme, kind);
      if (face === null) missing.add(grapheme);
      else for (const weight of [400, 600] as const) note(face, weight, grapheme);
    }
  }
  const loaded = await Promise.all(
    [...used.values()].map(async ({ url, ...font }) => ({ ...font, data: await fileAt(url) })),
  );
  const fonts = loaded.map((font) => [keyOf(font.face, font.weight), font] as const);
  const known = new Map(fonts);
  return { fonts: loaded, missing, fontOf };

  function note(face: Face, wanted: Weight, grapheme: string): void {
    const { url, weight } = addressOf(face, wanted);
    const key = keyOf(face, weight);
    const entry = used.get(key) ?? { face, weight, url, characters: new Set() };
    for (const char of grapheme) entry.characters.add(char.codePointAt(0) ?? 0);
    used.set(key, entry);
  }

  function fontOf(grapheme: string, kind: Face["kind"], bold: boolean): UsedFont | null {
    const face = faceOf(grapheme, kind);
    if (face === null) return null;
    return known.get(keyOf(face, bold ? 600 : 400)) ?? known.get(keyOf(face, 400)) ?? null;
  }
}

const keyOf = ({ family, slice }: Face, weight: Weight): string => `${family}/${slice}/${weight}`;

function fileAt(url: string): Promise<ArrayBuffer> {
  const known =
    files.get(url) ??
    fetch(url).then((answer) => {
      if (!answer.ok) throw new Error(`the font ${url} cannot be fetched`);
      return answer.arrayBuffer();
    });
  files.set(url, known);
  known.catch(() => files.delete(url));
  return known;
}

/** The families in which a sheet is set, known to the browser until `done` is called. */
export async function lend({ fonts }: TypeSet): Promise<() => void> {
  const lent = fonts.flatMap((font) =>
    facesOf(font).map(
      ({ family }) =>
        new FontFace(family, font.data, {
          weight: String(font.weight),
          unicodeRange: unicodeRange(font),
        }),
    ),
  );
  const giveBack = (): void => {
    for (const face of lent) document.fonts.delete(face);
  };
  for (const face of lent) document.fonts.add(face);
  try {
    await Promise.all(lent.map((face) => face.load()));
  } catch (error) {
    giveBack();
    throw error;
  }
  return giveBack;
}

/** A face of the sans family also fills in for the mono one. */
export function facesOf({ face }: UsedFont): { family: string }[] {
  const mono = { family: FAMILIES.mono };
  return face.kind === "mono" ? [mono] : [{ family: FAMILIES.sans }];
}

/** `U+41, U+42` of what the font draws. */
export function unicodeRange({ characters }: Pick<UsedFont, "characters">): string {
  const points = [...characters].filter((point) => point >= 0x20);
  return (points.length > 0 ? points : [0x20]).map((point) => `U+${point.toString(16)}`).join(", ");
}

/** Whether a grapheme has a shape that a font must know. */
export const isDrawn = (grapheme: string): boolean =>
  !Array.from(grapheme).every((char) => /\s/.test(char) || isSilent(char.codePointAt(0) ?? 0));

/** Chains of families: the embedded one, then what most systems have. */
export const CHAINS = {
  sans: `"${FAMILIES.sans}", "Noto Sans", system-ui, "Segoe UI", "DejaVu Sans", sans-serif`,
  mono: `"${FAMILIES.mono}", "${FAMILIES.sans}", "Noto Sans Mono", ui-monospace, "DejaVu Sans Mono", monospace`,
} as const;
