// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";

import type { SourceState } from "../contract";
import { csvCell, guarded } from "./data";
import { faceOf, has, rangesOf } from "./faces";
import { comment, tex, toLatex } from "./latex";
import { fileName } from "./names";
import { runs } from "./pdf/content";
import { utf16 } from "./pdf/file";
import { cuts } from "./pdf/pages";
import { pathOperators, roundedBox } from "./pdf/paths";
import { trueType } from "./pdf/truetype";
import { scaleFor } from "./png";
import { fromHex } from "../theme/oklab";
import { split } from "./read-boxes";
import { commandLine, literal, quote, targetText, type Question } from "./reproduce";
import { IDENTITY, type Scene, type Word } from "./scene";
import { escaped, toSvg } from "./svg";

const ink = { hex: "#1c1f27", alpha: 1 };
const type = { size: 16, bold: false, italic: false, mono: false, colour: ink };
const word = (text: string, y: number, more: Partial<Word> = {}): Word => ({
  ...{ kind: "word", text, after: " ", x: 10, y, width: 30, rtl: false, type, angle: 0 },
  ...more,
});
const scene = (shapes: Scene["shapes"], height = 100): Scene => ({
  title: "T",
  width: 200,
  height,
  paper: null,
  shapes,
});

describe("SVG", () => {
  const hostile = '<img src=x onerror="alert(1)">';
  const box = {
    kind: "box",
    x: 1,
    y: 2,
    width: 3,
    height: 4,
    radius: 0,
    fill: { hex: "#5b9ce3", alpha: 0.5 },
    stroke: null,
  } as const;
  const drawn = toSvg(scene([box, word(hostile, 20), word("سلام", 40, { rtl: true })]), {
    mm: 85,
    type: null,
    description: "D",
  });
  const parsed = new DOMParser().parseFromString(drawn, "image/svg+xml");

  it("keeps text as text, on paper as wide as was asked", () => {
    expect([...parsed.querySelectorAll("tspan")].map((node) => node.textContent)).toEqual([hostile, "سلام"]);
    expect(parsed.querySelector("img")).toBeNull();
    expect(parsed.documentElement.getAttribute("width")).toBe("85mm");
    expect(parsed.documentElement.getAttribute("height")).toBe("42.5mm");
  });

  it("anchors what runs to the left at its right end", () => {
    const [, second] = parsed.querySelectorAll("tspan");
    expect(second?.getAttribute("x")).toBe("40");
    expect(second?.parentElement?.getAttribute("direction")).toBe("rtl");
  });

  it("writes colours with their opacity", () => {
    expect(drawn).toContain('<rect x="1" y="2" width="3" height="4" fill="#5b9ce3" fill-opacity="0.5"/>');
  });

  it("has no place for controls and halves of characters", () => {
    expect(escaped("a\u0000b\ud800c\u{1f600}")).toBe("a\ufffdb\ufffdc\u{1f600}");
  });
});

describe("PDF", () => {
  it("turns paths into lines and cubic curves", () => {
    expect(pathOperators("M1 2h3v4l-1-1Z")).toBe("1 2 m 4 2 l 4 6 l 3 5 l h");
    expect(pathOperators("M0 0Q3 3 6 0")).toBe("0 0 m 2 2 4 2 6 0 c");
    expect(pathOperators("M0 0 1 1 2 2")).toBe("0 0 m 1 1 l 2 2 l");
    // A quarter of the unit circle: the handle is 4/3 (√2 − 1).
    expect(pathOperators("M1 0A1 1 0 0 1 0 1")).toBe("1 0 m 1 0.552 0.552 1 0 1 c");
    expect(pathOperators("M0 0a1 1 0 112 0")).toContain(" c");
    expect(roundedBox(0, 0, 2, 1, 0)).toBe("0 0 2 1 re");
  });

  it("cuts long sheets between lines, and short ones not at all", () => {
    const lines = Array.from({ length: 10 }, (_, line) => word("x", 20 + 30 * line));
    expect(cuts(scene(lines, 320), 400)).toEqual([0, 320]);
    const [, first = 0, second = 0] = cuts(scene(lines, 320), 100);
    for (const { y } of lines) for (const cut of [first, second]) expect(cut <= y - 16 || cut >= y + 5.6).toBe(true);
    expect(first).toBeLessThanOrEqual(100);
    expect(second - first).toBeLessThanOrEqual(100);
  });

  it("sets marks that are moved by themselves", () => {
    const glyph = { id: 1, advance: 0.5, natural: 0.5, x: 0, y: 0 };
    const mark = { id: 2, advance: 0, natural: 0, x: -0.1, y: 0.2 };
    expect(runs([glyph, glyph, mark, glyph]).map(({ x, y, glyphs }) => [x, y, glyphs.length])).toEqual([
      [0, 0, 2],
      [0.9, 0.2, 1],
      [1, 0, 1],
    ]);
  });

  it("writes text as UTF-16", () => {
    expect(utf16("a\u{1f600}")).toBe("0061D83DDE00");
  });

  it("writes fonts whose outlines can be found again", () => {
    const square = {
      commands: [
        { command: "moveTo", args: [0, 0] },
        { command: "lineTo", args: [100, 0] },
        { command: "quadraticCurveTo", args: [120, 50, 100, 100] },
        { command: "lineTo", args: [0, 0] },
        { command: "closePath", args: [] },
      ],
      advance: 500,
    };
    const bytes = trueType([{ commands: [], advance: 600 }, square], { unitsPerEm: 1000, ascent: 900, descent: -200 });
    const view = new DataView(bytes.buffer);
    const table = (name: string): number => {
      for (let at = 12; at < 12 + 16 * view.getUint16(4); at += 16) {
        if (String.fromCharCode(...bytes.subarray(at, at + 4)) === name) return view.getUint32(at + 8);
      }
      return -1;
    };
    expect(view.getUint16(table("maxp") + 4)).toBe(2);
    expect(view.getUint16(table("hmtx") + 4)).toBe(500);
    expect(view.getUint32(table("loca") + 4)).toBe(0);
    const glyph = table("glyf");
    expect([view.getInt16(glyph), view.getInt16(glyph + 6), view.getInt16(glyph + 8)]).toEqual([1, 120, 100]);
    expect(view.getUint16(glyph + 10)).toBe(3);
  });
});

describe("LaTeX", () => {
  it("sets every character and obeys none", () => {
    expect(tex("\\input{/etc/passwd} 100% #1 $x_2^3$ ~&")).toBe(
      "\\textbackslash{}input\\{/etc/passwd\\} 100\\% \\#1 \\$x\\_2\\textasciicircum{}3\\$ \\textasciitilde{}\\&",
    );
    expect(tex("<img src=x onerror=alert(1)>")).toBe("\\textless{}img src=x onerror=alert(1)\\textgreater{}");
    expect(tex("a--b ``c''")).toBe("a{-}{-}b {`}{`}c{'}{'}");
    expect(tex("a\n\nb\u0007")).toBe("a b\\fbox{\\tiny 0007}");
    expect(comment("a\n\\input{x}^^M")).toBe("a input{x} M");
  });

  it("puts a tile behind the words and a space where a line may break", () => {
    const tile = {
      text: " ball",
      ground: "#5b9ce3",
      ink: "#1c1f27",
      bold: true,
      italic: false,
      special: false,
      chosen: true,
      missing: false,
    };
    const written = toLatex({ title: "T", notes: [], strips: [[[tile]]], scale: [], tables: [] });
    expect(written).toContain("\\tesserachosen{\\tesseratile{5B9CE3}{\\textcolor[HTML]{1C1F27}{\\textbf{ball}}}}");
    expect(written).toContain("\\usepackage[utf8]{inputenc}");
    expect(toLatex({ title: "猫", notes: [], strips: [], scale: [], tables: [] })).toContain("LuaLaTeX");
  });
});

describe("CSV", () => {
  it("is no formula", () => {
    expect(["=cmd", " =x", "+1", "-a", "@b", "\tq", "'", "＝x", "plain", "1"].map(guarded)).toEqual([
      ...["'=cmd", "' =x", "'+1", "'-a", "'@b", "'\tq", "''", "'＝x", "plain", "1"],
    ]);
    expect([null, -1.5, 'a"b', " a", "a,b"].map(csvCell)).toEqual(["", "-1.5", '"a""b"', '" a"', '"a,b"']);
  });
});

describe("to compute it again", () => {
  const text: SourceState = {
    ...{ bytes: 1, height: null, width: null, id: "s", kind: "text", name: "", summary: "", url: null },
    text: "-it's\n$HOME",
  };
  const question: Question = {
    ...{ call: { key: "occlusion", params: { group: "words" }, roles: { reference: "demo-b" } }, model: "demo-lm" },
    ...{
      reading: { bos: "yes", special_text: "escape", template: "none" },
      sources: [text],
      targets: [{ strip: "main", from: 2, to: 4 }],
    },
    generate: { max_new_tokens: 5, do_sample: true, temperature: 0.7, seed: 3, stop: ["\n"] },
  };

  it("is quoted as a shell reads it", () => {
    expect(commandLine(question, "http://localhost").replaceAll(" \\\n  ", " ")).toBe(
      `python -m workers analyse occlusion --model=demo-lm --text='-it'"'"'s\n$HOME' --bos=yes --generate=5 --sample ` +
        `--temperature=0.7 --seed=3 --stop='\n' --target=2:4 --role=reference=demo-b --param='group="words"'\n`,
    );
    expect([quote(""), quote("a b"), quote("a/b:c")]).toEqual(["''", "'a b'", "a/b:c"]);
  });

  it("names targets in short where it can", () => {
    expect(targetText({ next: true, strip: "main" })).toBe("next");
    expect(targetText({ class: "cat", quantity: "logit" })).toBe('{"class":"cat","quantity":"logit"}');
  });

  it("writes strings that Python reads", () => {
    expect(literal('a"\u0007é\u{1f600}')).toBe('"a\\"\\u0007\\u00e9\\U0001f600"');
  });
});

describe("fonts", () => {
  it("are found for every script", () => {
    const families = ["a", "ж", "ệ", "س", "ש", "ि", "த", "ไ", "ქ", "ա", "አ", "∑", "⏎", "😀"].map(
      (char) => faceOf(char, "sans")?.family,
    );
    expect(families).not.toContain(undefined);
    expect(faceOf("s", "mono")?.family).toBe("noto-sans-mono");
    expect(faceOf("\u{e123}", "sans")).toBeNull();
  });

  it("know their stretches", () => {
    const ranges = rangesOf(["U+41-43", "20"]);
    expect([0x20, 0x21, 0x41, 0x43, 0x44].map((point) => has({ ranges }, point))).toEqual([
      true,
      false,
      true,
      true,
      false,
    ]);
  });
});

it("reads lists of CSS, colours and names", () => {
  expect(split("linear-gradient(rgb(1, 2, 3), red), none")).toEqual(["linear-gradient(rgb(1, 2, 3), red)", "none"]);
  expect(fromHex("#ffffff").map((part) => Math.round(part * 1e3) / 1e3)).toEqual([1, 0, 0]);
  expect(fileName(["surprisal", "demo-lm", " the/ball?"], "svg")).toBe("surprisal-demo-lm-the-ball.svg");
  expect(fileName(["../…"], "svg")).toBe("tessera.svg");
  expect(scaleFor({ width: 1000, height: 64_000 }, 2)).toBe(0.25);
  expect(IDENTITY).toHaveLength(6);
});
