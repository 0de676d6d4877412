/** From the JSON Schema of a method's parameters to fields that a form can draw, and from what is typed to values. */
import { t, told } from "../text";

export type Field = Base &
  (
    | {
        kind: "number";
        integer: boolean;
        least: number | null;
        most: number | null;
        open: "" | "least" | "most" | "both";
      }
    | { kind: "flag" }
    | { kind: "choice"; options: string[] }
    | { kind: "text" }
    | { kind: "tokenizer" }
    | { kind: "tokenizers"; least: number; most: number }
    | { kind: "model"; abilities: string[] }
    | { kind: "json" }
  );

interface Base {
  name: string;
  label: string;
  help: string;
  initial: unknown;
  /** Whether it may be left empty, which sends null. */
  optional: boolean;
}

export type Parsed = { kind: "value"; value: unknown } | { kind: "error"; message: string };

export interface Schema {
  type?: string;
  title?: string;
  description?: string;
  default?: unknown;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  items?: Schema;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minItems?: number;
  maxItems?: number;
  properties?: Record<string, Schema>;
  "x-kind"?: string;
}

export function fieldsOf(schema: unknown): Field[] {
  const { title = "", properties = {} } = schema as Schema;
  return Object.entries(properties).map(([name, property]) => fieldOf(title, name, property));
}

function fieldOf(form: string, name: string, property: Schema): Field {
  const inner = property.anyOf?.find(({ type }) => type !== "null");
  const optional = property.anyOf?.some(({ type }) => type === "null") ?? false;
  const schema: Schema = { ...inner, ...property, "x-kind": property["x-kind"] ?? inner?.["x-kind"] };
  const base: Base = {
    name,
    label: told(`parameters.${name}`, name.replaceAll("_", " ")),
    help: told(`parameters.${form}.${name}`, property.description ?? ""),
    initial: property.default,
    optional,
  };
  return { ...base, ...kindOf(schema) };
}

type Kind = Field extends infer F ? (F extends Base ? Omit<F, keyof Base> : never) : never;

function kindOf(schema: Schema): Kind {
  if (schema.enum) return { kind: "choice", options: schema.enum.map(String) };
  if (schema["x-kind"] === "tokenizer" && schema.type !== "array") return { kind: "tokenizer" };
  // Alternatives: a model of any of these abilities can be named.
  if (schema["x-kind"] && schema.type === "string") return { kind: "model", abilities: schema["x-kind"].split("|") };
  switch (schema.type) {
    case "integer":
    case "number":
      return numberKind(schema);
    case "boolean":
      return { kind: "flag" };
    case "string":
      return { kind: "text" };
    case "array":
      return (schema.items?.["x-kind"] ?? schema["x-kind"]) === "tokenizer"
        ? { kind: "tokenizers", least: schema.minItems ?? 0, most: schema.maxItems ?? Infinity }
        : { kind: "json" };
    default:
      return { kind: "json" };
  }
}

function numberKind(schema: Schema): Kind {
  const above = schema.exclusiveMinimum !== undefined;
  const below = schema.exclusiveMaximum !== undefined;
  return {
    kind: "number",
    integer: schema.type === "integer",
    least: schema.exclusiveMinimum ?? schema.minimum ?? null,
    most: schema.exclusiveMaximum ?? schema.maximum ?? null,
    open: above && below ? "both" : above ? "least" : below ? "most" : "",
  };
}

/** What is typed into a number, text or JSON field, as a value or as what is wrong with it. */
export function parse(field: Field, typed: string): Parsed {
  if (typed.trim() === "" && field.optional) return { kind: "value", value: null };
  if (field.kind === "number") return parseNumber(field, typed);
  if (field.kind !== "json") return { kind: "value", value: typed };
  try {
    return { kind: "value", value: JSON.parse(typed) as unknown };
  } catch {
    return error(t("form.not-json", { name: field.label }));
  }
}

/** `2 to 1000`, `above 0`, for the form to say before anything is typed. */
export function boundsOf(field: Field): string {
  if (field.kind !== "number") return "";
  const { least, most, open } = field;
  if (least !== null && most !== null && open === "")
    return t("form.between", { least: plain(least), most: plain(most) });
  const [above, below] = [open === "least" || open === "both", open === "most" || open === "both"];
  const low = least === null ? "" : t(above ? "form.above" : "form.least", { least: plain(least) });
  const high = most === null ? "" : t(below ? "form.below" : "form.most", { most: plain(most) });
  return [low, high].filter((part) => part !== "").join(", ");
}

/** The values that differ from their defaults: all that has to be sent. */
export function changed(fields: readonly Field[], values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    fields
      .filter(({ name, initial }) => name in values && JSON.stringify(values[name]) !== JSON.stringify(initial))
      .map(({ name }) => [name, values[name]]),
  );
}

function parseNumber(field: Field & { kind: "number" }, typed: string): Parsed {
  const value = Number(typed);
  if (typed.trim() === "" || !Number.isFinite(value)) return error(t("form.number", { name: field.label }));
  if (field.integer && !Number.isInteger(value)) return error(t("form.whole", { name: field.label }));
  const { least, most, open } = field;
  const under = least !== null && (open === "least" || open === "both" ? value <= least : value < least);
  const over = most !== null && (open === "most" || open === "both" ? value >= most : value > most);
  return under || over
    ? error(t("form.bounds", { name: field.label, bounds: boundsOf(field), typed: typed.trim() }))
    : { kind: "value", value };
}

/** As it is typed. */
const plain = (value: number): string => String(value);

const error = (message: string): Parsed => ({ kind: "error", message });
