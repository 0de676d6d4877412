import { describe, expect, it } from "vitest";

import { boundsOf, changed, fieldsOf, parse, type Field } from "./fields";

/** As pydantic writes it. */
const SCHEMA = {
  type: "object",
  additionalProperties: false,
  properties: {
    n_steps: {
      type: "integer",
      minimum: 2,
      maximum: 1000,
      default: 50,
      description: "Points on the way.",
      title: "N Steps",
    },
    temperature: { type: "number", exclusiveMinimum: 0, maximum: 10, default: 1 },
    r: { anyOf: [{ type: "integer", minimum: 0, maximum: 1000 }, { type: "null" }], default: null },
    heads: { type: "string", enum: ["mean", "max"], default: "mean" },
    proportional: { type: "boolean", default: true },
    word: { type: "string", default: "" },
    tokenizers: {
      type: "array",
      items: { type: "string", "x-kind": "tokenizer" },
      minItems: 1,
      maxItems: 12,
      default: ["bytes"],
    },
    reference: { anyOf: [{ type: "string", "x-kind": "tokenizer" }, { type: "null" }], default: null },
    layers: { type: "array", items: { type: "integer" }, default: [] },
  },
};

const fields = fieldsOf(SCHEMA);
const field = (name: string): Field => fields.find((one) => one.name === name)!;

describe("fieldsOf", () => {
  it("draws each kind of parameter as what it is", () => {
    expect(fields.map(({ kind }) => kind)).toEqual([
      "number",
      "number",
      "number",
      "choice",
      "flag",
      "text",
      "tokenizers",
      "tokenizer",
      "json",
    ]);
  });

  it("keeps bounds, default, sentence and whether it may stay empty", () => {
    expect(field("n_steps")).toMatchObject({
      label: "n steps",
      help: "Points on the way.",
      initial: 50,
      least: 2,
      most: 1000,
      integer: true,
      optional: false,
    });
    expect(field("r")).toMatchObject({ optional: true, initial: null, most: 1000 });
    expect(field("tokenizers")).toMatchObject({ least: 1, most: 12 });
  });

  it("has no fields for a method without parameters", () => {
    expect(fieldsOf({ type: "object" })).toEqual([]);
  });
});

describe("boundsOf", () => {
  it("says them in words", () => {
    expect(boundsOf(field("n_steps"))).toBe("2 to 1000");
    expect(boundsOf(field("temperature"))).toBe("above 0, at most 10");
    expect(boundsOf(field("heads"))).toBe("");
  });
});

describe("parse", () => {
  it("reads numbers within their bounds", () => {
    expect(parse(field("n_steps"), "1000")).toEqual({ kind: "value", value: 1000 });
    expect(parse(field("temperature"), "0.5")).toEqual({ kind: "value", value: 0.5 });
  });

  it("names the bounds and the value when they are not kept", () => {
    expect(parse(field("n_steps"), "1")).toEqual({ kind: "error", message: "n steps is 2 to 1000; 1 is not" });
    expect(parse(field("temperature"), "0").kind).toBe("error");
    expect(parse(field("n_steps"), "2.5")).toEqual({ kind: "error", message: "n steps is a whole number" });
    expect(parse(field("n_steps"), "many").kind).toBe("error");
    expect(parse(field("n_steps"), "").kind).toBe("error");
  });

  it("sends null for what may stay empty", () => {
    expect(parse(field("r"), " ")).toEqual({ kind: "value", value: null });
  });

  it("reads JSON where nothing better is known", () => {
    expect(parse(field("layers"), "[1, 2]")).toEqual({ kind: "value", value: [1, 2] });
    expect(parse(field("layers"), "[1,").kind).toBe("error");
  });
});

describe("changed", () => {
  it("sends only what differs from the defaults", () => {
    const values = { n_steps: 50, heads: "max", tokenizers: ["bytes"], unknown: 1 };
    expect(changed(fields, values)).toEqual({ heads: "max" });
  });
});
