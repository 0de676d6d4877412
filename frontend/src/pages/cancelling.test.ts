// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from "vitest";

import { settle, shownText } from "../../fixtures/dom";
import { jobState, resultState, runState } from "../../fixtures/runs";
import type { JobState, ResultState } from "../contract";
import "./result-card";
import "./run-actions";

afterEach(() => document.body.replaceChildren());

async function card(job: JobState, state: ResultState): Promise<string> {
  const made = document.createElement("tessera-result-card");
  Object.assign(made, { job, state });
  document.body.append(made);
  await settle();
  return shownText();
}

describe("what was cancelled", () => {
  const cancelled = resultState({ state: "cancelled" });

  it("says how much memory it gave back", async () => {
    expect(await card(jobState({ state: "cancelled", freed: 214 * 2 ** 20 }), cancelled)).toMatch(
      /Cancelled; 214\sMiB were freed\./,
    );
  });

  it("says no more than that where it was not measured or is next to nothing", async () => {
    for (const freed of [null, 4096]) {
      expect(await card(jobState({ state: "cancelled", freed }), cancelled)).not.toContain("freed");
      document.body.replaceChildren();
    }
  });

  it("says that it is on its way while its end is asked for", async () => {
    const progress = { message: "Computing surprisal", fraction: 0.5 };
    const text = await card(
      jobState({ state: "running", cancelling: true }),
      resultState({ state: "running", progress }),
    );
    expect(text).toContain("Cancelling …");
    expect(text).not.toContain("Computing surprisal");
  });
});

describe("the button", () => {
  it("is not to be pressed twice", async () => {
    const actions = document.createElement("tessera-run-actions");
    actions.run = runState({ jobs: [jobState({ state: "running" }), jobState({ state: "queued", cancelling: true })] });
    document.body.append(actions);
    await settle();
    const cancel = (): HTMLButtonElement => actions.shadowRoot!.querySelector("button")!;
    expect([cancel().textContent.trim(), cancel().disabled]).toEqual(["Cancel", false]);
    actions.run = runState({ jobs: [jobState({ state: "running", cancelling: true })] });
    await settle();
    expect([cancel().textContent.trim(), cancel().disabled]).toEqual(["Cancelling …", true]);
  });
});
