import { describe, expect, it } from "vitest";

import { jobState, resultState, runState } from "../../fixtures/runs";
import { addressed, BEGIN, compareUrl, readAddress } from "./comparing";
import { besideEdit, counterpart, editedRequest, promptOf } from "./edited";
import { apiOf, NONE, pageOf, readPlace, same, toggled, written, type Pin } from "./pins";
import { results } from "../../fixtures/harness";

const pin = (part: string, at = "runs/r1"): Pin => ({ at, result: "x-1", panel: 0, part, name: part, of: "Mia" });

describe("the address of a pin", () => {
  it("says where the answer is, and is read back", () => {
    const place = {
      at: "s/Ab_c-9",
      result: "x1",
      panel: 2,
      part: "a/b & c=%",
      selections: [
        [3, 3],
        [0, 7],
      ] as const,
    };
    expect(written(place)).toBe("s/Ab_c-9/x1/2/a%2Fb%20%26%20c%3D%25/3-3%2C0-7");
    expect(readPlace(written(place))).toEqual(place);
    expect(readPlace(written(pin("surprisal")))).toEqual({ at: "runs/r1", result: "x-1", panel: 0, part: "surprisal" });
  });

  it("leads to the interface of a run or of a link, and nowhere else", () => {
    expect(apiOf({ at: "runs/r1" })).toBe("/api/runs/r1");
    expect(apiOf({ at: "s/secret" })).toBe("/api/shares/secret");
    expect([pageOf("/api/runs/r1"), pageOf("/api/shares/secret")]).toEqual(["runs/r1", "s/secret"]);
    for (const text of [
      null,
      "",
      "runs/r1",
      "https://evil.example/x/0/y",
      "../admin/x/0/y",
      "runs/a%2Fb/x/0/y",
      "runs/r/../0/y",
    ]) {
      expect(readPlace(text), String(text)).toBeNull();
    }
    expect(readPlace("runs/r/x/0/%E0%A4%A")).toBeNull();
    expect(readPlace("runs/r/x/0/y/9-3%2C-1-2%2Cz")).toEqual({ at: "runs/r", result: "x", panel: 0, part: "y" });
  });
});

describe("pins", () => {
  it("fill A, then B, then take B's place; the same again lets go", () => {
    const [one, two, three] = [pin("one"), pin("two"), pin("three")];
    const both = toggled(toggled(NONE, one), two);
    expect(both).toEqual({ a: one, b: two });
    expect(toggled(both, three)).toEqual({ a: one, b: three });
    expect(toggled(both, { ...one, name: "called otherwise" })).toEqual({ a: null, b: two });
    expect(toggled({ a: null, b: two }, three)).toEqual({ a: three, b: two });
    expect([same(one, { ...one }), same(one, two), same(null, null)]).toEqual([true, false, false]);
  });
});

describe("the address of a comparison", () => {
  it("holds all of it, and nothing that is as it begins", () => {
    const comparing = { ...BEGIN, a: readPlace("runs/r/x/0/y"), b: readPlace("s/t/z/1/w") };
    expect(compareUrl(comparing)).toBe("/compare#a=runs/r/x/0/y&b=s/t/z/1/w");
    const all = { ...comparing, manner: "difference", ranks: true, k: 3, order: "difference", edited: true } as const;
    expect(addressed(all)).toBe("a=runs/r/x/0/y&b=s/t/z/1/w&view=difference&scale=ranks&k=3&by=difference&edited");
    expect(readAddress(`#${addressed(all)}`)).toEqual(all);
  });

  it("is as it begins where it says nothing that can be read", () => {
    expect(readAddress("")).toEqual(BEGIN);
    expect(readAddress("#a=javascript:alert(1)&view=none&k=-3&scale=x")).toEqual(BEGIN);
  });
});

describe("an edited prompt", () => {
  const source = {
    id: "t",
    kind: "text",
    bytes: 3,
    name: "",
    summary: "",
    width: null,
    height: null,
    url: null,
  } as const;
  const picture = { ...source, id: "p", kind: "image", text: null } as const;
  const call = { key: "surprisal", params: { top_k: 5 } };
  const run = runState({
    ...{ id: "old", sources: [{ ...source, text: "Mia" }, picture], generate: { max_new_tokens: 9, begin: [1, 2] } },
    jobs: [jobState({ id: "j", model: "lm" }), jobState({ id: "k", model: "other" })],
    results: [
      resultState({ id: "charts", job: "j", method: { key: "nothing" } }),
      resultState({ id: "one", job: "j", method: call }),
    ],
    branch: { run: "x", model: "lm", at: 3 },
  });

  it("asks the same of another text, and keeps what else the run reads", () => {
    expect(promptOf(run)).toBe("Mia");
    expect(editedRequest(run, "Zoë")).toMatchObject({
      ...{ text: "Zoë", source_ids: ["p"], models: ["lm", "other"], branch: null },
      methods: [{ key: "nothing" }, call],
      generate: { max_new_tokens: 9, begin: [] },
    });
  });

  it("stands beside the old one by the first answer that can be compared", () => {
    const edit = runState({
      ...{ id: "new", jobs: [jobState({ id: "m", model: "other" }), jobState({ id: "n", model: "lm" })] },
      results: [
        resultState({ id: "two", job: "m", method: call }),
        resultState({ id: "three", job: "n", method: { ...call, params: {} } }),
        resultState({ id: "four", job: "n", method: call }),
      ],
    });
    expect(counterpart(run.results[1]!, run, edit)?.id).toBe("four");
    const fetched = (id: string) => (id === "one" ? results.surprisal : null);
    expect(besideEdit(run, edit, fetched)).toMatchObject({
      ...{ edited: true, a: { at: "runs/old", result: "one" }, b: { at: "runs/new", result: "four" } },
    });
    expect(besideEdit(run, edit, () => null)).toBeNull();
  });
});
