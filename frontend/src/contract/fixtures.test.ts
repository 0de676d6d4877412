import Ajv2020 from "ajv/dist/2020";
import { describe, expect, it } from "vitest";

import { respond, results, runs } from "../../fixtures/harness";
import schema from "./schema.json";

const ajv = new Ajv2020({ strict: false, validateFormats: false });
void ajv.addSchema(schema, "contract");

function faults(type: string, value: unknown): unknown[] {
  const validate = ajv.getSchema(`contract#/$defs/${type}`);
  if (!validate) throw new Error(`the contract has no ${type}`);
  void validate(value);
  return validate.errors ?? [];
}

describe("fixtures keep to the contract", () => {
  it.each(Object.entries(results))("result %s", (_name, result) => {
    expect(faults("Result", result)).toEqual([]);
  });
  it.each(Object.entries(runs))("run %s", (_name, run) => {
    expect(faults("RunState", run)).toEqual([]);
  });

  it.each([
    ["/api/methods", "MethodEntry"],
    ["/api/models", "ModelEntry"],
    ["/api/tokenizers", "TokenizerEntry"],
    ["/api/samples", "Sample"],
    ["/api/runs", "RunSummary"],
  ])("%s", (path, type) => {
    const list = respond("GET", path)?.body as unknown[];
    expect(list.length).toBeGreaterThan(0);
    for (const entry of list) expect(faults(type, entry)).toEqual([]);
  });

  it("is told when they do not", () => {
    expect(faults("Result", { ...results.surprisal, panels: [{ kind: "scores" }] })).not.toEqual([]);
  });
});
