import { describe, expect, it } from "vitest";

import { methodEntry } from "../../fixtures/catalogue";
import { addressOf } from "../pages/method-guide";
import { costSentence } from "./cost-words";

const term = { times: 1, of: [], limit: null, when: null, once: "" };
const cost = methodEntry().cost;

describe("a method's cost in words", () => {
  it("names the shared pass, further ones, and what their number grows with", () => {
    const passes = [
      { ...term, once: "forward" },
      { ...term, times: 26 },
      { ...term, times: 0.7, of: ["samples", "max_new_tokens"] },
      { ...term, of: ["bytes"], limit: "last_bytes" },
    ];
    expect(costSentence(methodEntry({ cost: { ...cost, passes } }))).toBe(
      "Passes through the model: one over the input, shared by all methods of a run, 26 more, " +
        "about 0.7 for each “samples” × “max new tokens”, and one for each byte (at most “last bytes”).",
    );
  });

  it("says gradients apart, and of several names the first", () => {
    const passes = [{ ...term, of: ["trial_tokens|max_new_tokens"], when: "live" }];
    const backward = [{ ...term, times: 2, of: ["n_steps", "targets"] }];
    expect(costSentence(methodEntry({ cost: { ...cost, passes, backward } }))).toBe(
      "Passes through the model: one for each “trial tokens” (if “live” is on). " +
        "Passes back, for gradients: about 2 for each “n steps” × target.",
    );
  });

  it("is nothing where no model is asked", () => {
    const free = { cost: { ...cost, passes: [{ ...term, once: "forward" }] }, needs_model: false };
    expect(costSentence(methodEntry(free))).toBe("Nothing beside cutting the text: no model is asked.");
  });
});

describe("a paper's address", () => {
  it.each([
    ["arXiv:2503.19168", "https://arxiv.org/abs/2503.19168"],
    ["doi:10.1038/s41586-024-07421-0", "https://doi.org/10.1038/s41586-024-07421-0"],
    ["", null],
    ["javascript:alert(1)", null],
  ])("of %s", (id, address) => expect(addressOf(id)).toBe(address));
});
