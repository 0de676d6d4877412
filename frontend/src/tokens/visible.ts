/** Characters that leave no mark on the page, made visible on demand, and by what names Unicode knows them. */

/** Spaces, controls and format characters: how each is drawn, and its name. */
const KNOWN: Readonly<Record<string, readonly [glyph: string, name: string]>> = {
  " ": ["␣", "SPACE"],
  "\t": ["→", "CHARACTER TABULATION"],
  "\n": ["⏎", "LINE FEED"],
  "\r": ["␍", "CARRIAGE RETURN"],
  "\u007f": ["␡", "DELETE"],
  "\u0085": ["‹NEL›", "NEXT LINE"],
  "\u00a0": ["⍽", "NO-BREAK SPACE"],
  "\u00ad": ["‹SHY›", "SOFT HYPHEN"],
  "\u034f": ["‹CGJ›", "COMBINING GRAPHEME JOINER"],
  "\u061c": ["‹ALM›", "ARABIC LETTER MARK"],
  "\u1680": ["‹OGSP›", "OGHAM SPACE MARK"],
  "\u180e": ["‹MVS›", "MONGOLIAN VOWEL SEPARATOR"],
  "\u2000": ["‹NQSP›", "EN QUAD"],
  "\u2001": ["‹MQSP›", "EM QUAD"],
  "\u2002": ["‹ENSP›", "EN SPACE"],
  "\u2003": ["‹EMSP›", "EM SPACE"],
  "\u2004": ["‹3/MSP›", "THREE-PER-EM SPACE"],
  "\u2005": ["‹4/MSP›", "FOUR-PER-EM SPACE"],
  "\u2006": ["‹6/MSP›", "SIX-PER-EM SPACE"],
  "\u2007": ["‹FSP›", "FIGURE SPACE"],
  "\u2008": ["‹PSP›", "PUNCTUATION SPACE"],
  "\u2009": ["‹THSP›", "THIN SPACE"],
  "\u200a": ["‹HSP›", "HAIR SPACE"],
  "\u200b": ["‹ZWSP›", "ZERO WIDTH SPACE"],
  "\u200c": ["‹ZWNJ›", "ZERO WIDTH NON-JOINER"],
  "\u200d": ["‹ZWJ›", "ZERO WIDTH JOINER"],
  "\u200e": ["‹LRM›", "LEFT-TO-RIGHT MARK"],
  "\u200f": ["‹RLM›", "RIGHT-TO-LEFT MARK"],
  "\u2028": ["‹LSEP›", "LINE SEPARATOR"],
  "\u2029": ["‹PSEP›", "PARAGRAPH SEPARATOR"],
  "\u202a": ["‹LRE›", "LEFT-TO-RIGHT EMBEDDING"],
  "\u202b": ["‹RLE›", "RIGHT-TO-LEFT EMBEDDING"],
  "\u202c": ["‹PDF›", "POP DIRECTIONAL FORMATTING"],
  "\u202d": ["‹LRO›", "LEFT-TO-RIGHT OVERRIDE"],
  "\u202e": ["‹RLO›", "RIGHT-TO-LEFT OVERRIDE"],
  "\u202f": ["‹NNBSP›", "NARROW NO-BREAK SPACE"],
  "\u205f": ["‹MMSP›", "MEDIUM MATHEMATICAL SPACE"],
  "\u2060": ["‹WJ›", "WORD JOINER"],
  "\u2061": ["‹FA›", "FUNCTION APPLICATION"],
  "\u2062": ["‹IT›", "INVISIBLE TIMES"],
  "\u2063": ["‹IS›", "INVISIBLE SEPARATOR"],
  "\u2064": ["‹IP›", "INVISIBLE PLUS"],
  "\u2066": ["‹LRI›", "LEFT-TO-RIGHT ISOLATE"],
  "\u2067": ["‹RLI›", "RIGHT-TO-LEFT ISOLATE"],
  "\u2068": ["‹FSI›", "FIRST STRONG ISOLATE"],
  "\u2069": ["‹PDI›", "POP DIRECTIONAL ISOLATE"],
  "\u3000": ["□", "IDEOGRAPHIC SPACE"],
  "\u3164": ["‹HF›", "HANGUL FILLER"],
  "\ufe0e": ["‹VS15›", "VARIATION SELECTOR-15"],
  "\ufe0f": ["‹VS16›", "VARIATION SELECTOR-16"],
  "\ufeff": ["‹BOM›", "ZERO WIDTH NO-BREAK SPACE"],
  "\ufffc": ["‹OBJ›", "OBJECT REPLACEMENT CHARACTER"],
};
const ZERO_WIDTH_SPACE = "\u200b";
/** Characters that others are drawn by: they stay where they are, behind their mark. */
const FORMAT = /\p{Cf}|\p{Variation_Selector}|\u034f/u;
/** Pictures that are made of several characters fall apart without those between them. */
const PICTURE = /\p{Extended_Pictographic}|\p{Regional_Indicator}/u;

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** How a character is drawn that leaves no mark; null for all others. */
export function glyphOf(char: string): string | null {
  return KNOWN[char]?.[0] ?? control(char);
}

/** `U+00A0 NO-BREAK SPACE` for each invisible character of a text, once; plain spaces are no news among letters. */
export function invisibleIn(text: string): string[] {
  const found = new Set(Array.from(text).filter((char) => glyphOf(char) !== null));
  if (/\S/.test(text)) found.delete(" ");
  return [...found].map((char) => `${codePoint(char)} ${KNOWN[char]?.[1] ?? "CONTROL"}`);
}

/** `U+0061`. */
export const codePoint = (char: string): string =>
  `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;

/** The text with its spaces, line breaks, controls and format characters drawn; it still breaks at the same places. */
export function showInvisible(text: string): string {
  if (!PICTURE.test(text)) return drawn(text);
  return Array.from(graphemes.segment(text), ({ segment }) => (PICTURE.test(segment) ? segment : drawn(segment))).join(
    "",
  );
}

function drawn(text: string): string {
  return Array.from(text)
    .map((char) => {
      const mark = glyphOf(char);
      if (mark === null) return char;
      if (char === "\n" || FORMAT.test(char)) return mark + char;
      return char === " " || char === "\t" ? mark + ZERO_WIDTH_SPACE : mark;
    })
    .join("");
}

/** A text on one line: its line breaks and tabs drawn, and its spaces where there is nothing else. */
export function oneLine(text: string): string {
  const invisible = /\S/.test(text) ? /[\n\t\r]/g : /\s/g;
  return text.replace(invisible, (char) => glyphOf(char) ?? char);
}

/** The same in quotation marks, for labels. */
export const quoted = (text: string): string => `“${oneLine(text)}”`;

/** The pictures that Unicode has for the first 32; the others by their number. */
function control(char: string): string | null {
  const point = char.codePointAt(0) ?? 0;
  if (point < 0x20) return String.fromCodePoint(0x2400 + point);
  return point >= 0x80 && point < 0xa0 ? `‹${point.toString(16).toUpperCase()}›` : null;
}
