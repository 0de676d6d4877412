import { describe, expect, it } from "vitest";

import { methodEntry, modelEntry } from "../../fixtures/catalogue";
import { jobState, resultState, runState } from "../../fixtures/runs";
import type { Result } from "../contract";
import { answering, answerTo, question } from "./explain";

const gradient = { key: "gradient", params: {}, roles: {} };
const known = {
  methods: [
    methodEntry({ key: "surprisal" }),
    methodEntry({ key: "gradient", lens: "importance", explains: true, needs: [["text_gradient"]] }),
  ],
  models: [modelEntry({ key: "demo-lm" })],
};
const asked = { strip: "main", from: 9, to: 10 };
const nothing = (): Result | null => null;

const run = runState({
  jobs: [jobState(), jobState({ id: "job-2", targets: [{ strip: "main", from: 9, to: 10 }] })],
  results: [
    resultState({ id: "a", method: gradient }),
    resultState({ id: "b", method: gradient, job: "job-2" }),
    resultState({ id: "c" }),
  ],
});

describe("answering", () => {
  it("gathers the results of one method on one model, whatever their targets", () => {
    expect(answering(run).map(({ results }) => results.map(({ id }) => id))).toEqual([["a", "b"], ["c"]]);
  });

  it("keeps models and parameters apart", () => {
    const two = runState({
      jobs: [jobState(), jobState({ id: "job-2", model: "other" })],
      results: [
        resultState({ id: "a" }),
        resultState({ id: "b", job: "job-2" }),
        resultState({ id: "c", method: { key: "surprisal", params: { top_k: 3 } } }),
      ],
    });
    expect(answering(two)).toHaveLength(3);
  });
});

describe("answerTo", () => {
  const [group] = answering(run);

  it("finds the job that was asked for the target", () => {
    expect(answerTo(asked, group!, run, nothing)?.id).toBe("b");
    expect(answerTo({ ...asked, from: 8 }, group!, run, nothing)).toBeNull();
  });

  it("knows the default target of a result once that has been fetched", () => {
    const target = { strip: "main", start: 4, stop: 5, quantity: "logprob", contrast_ids: [] as number[] };
    const fetched = (id: string) => (id === "a" ? ({ target } as unknown as Result) : null);
    expect(answerTo({ strip: "main", from: 4, to: 5 }, group!, run, fetched)?.id).toBe("a");
  });
});

describe("question", () => {
  it("tells another quantity and another contrast from what is known", () => {
    const against = { ...asked, contrast: { ids: [4] } };
    expect(question(against, "demo-lm", run, known, nothing)?.targets).toEqual([against]);
    const logit = { ...asked, quantity: "logit" as const };
    expect(question(logit, "demo-lm", run, known, nothing)?.targets).toEqual([logit]);
  });

  it("asks about a class what reads pictures", () => {
    const image = { ...known.methods[1]!, key: "occlusion", inputs: ["image" as const], needs: [] };
    const both = { ...known, methods: [known.methods[1]!, image] };
    expect(question({ strip: "image", class: 3 }, "demo-lm", runState(), both, nothing)).toEqual({
      ...{ models: ["demo-lm"], methods: [{ key: "occlusion" }], targets: [{ strip: "image", class: 3 }] },
    });
  });

  it("asks nothing twice", () => {
    expect(question(asked, "demo-lm", run, known, nothing)).toBeNull();
  });

  it("asks again about what failed, which is told until then, but not about what is asked again already", () => {
    const failed = resultState({ id: "b", method: gradient, job: "job-2", state: "failed" });
    const lost = runState({ jobs: run.jobs, results: [resultState({ id: "a", method: gradient }), failed] });
    expect(question(asked, "demo-lm", lost, known, nothing)).toEqual({
      models: ["demo-lm"],
      methods: [gradient],
      targets: [{ strip: "main", from: 9, to: 10 }],
    });
    expect(answerTo(asked, answering(lost)[0]!, lost, nothing)?.id).toBe("b");
    const again = runState({
      jobs: [...lost.jobs, jobState({ id: "job-3", state: "queued", targets: [{ strip: "main", from: 9, to: 10 }] })],
      results: [...lost.results, resultState({ id: "d", method: gradient, job: "job-3", state: "queued" })],
    });
    expect(question(asked, "demo-lm", again, known, nothing)).toBeNull();
    expect(answerTo(asked, answering(again)[0]!, again, nothing)?.id).toBe("d");
  });

  it("asks the run's own explaining methods about a new target", () => {
    expect(question({ ...asked, from: 8, to: 9 }, "demo-lm", run, known, nothing)).toEqual({
      models: ["demo-lm"],
      methods: [gradient],
      targets: [{ strip: "main", from: 8, to: 9 }],
    });
  });

  it("takes a method of the catalogue when the run explains nothing yet", () => {
    expect(question(asked, "demo-lm", runState(), known, nothing)?.methods).toEqual([{ key: "gradient" }]);
  });

  it("asks nothing when no method suits the model", () => {
    const poor = { ...known, models: [modelEntry({ key: "demo-lm", abilities: ["next_token"] })] };
    expect(question(asked, "demo-lm", runState(), poor, nothing)).toBeNull();
  });
});
