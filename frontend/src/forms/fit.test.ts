import { describe, expect, it } from "vitest";

import { methodEntry, modelEntry } from "../../fixtures/catalogue";
import { defaultMethod, methodsFor, misfit } from "./fit";

const surprisal = methodEntry({ key: "surprisal" });
const gradient = methodEntry({
  key: "gradient",
  lens: "importance",
  inputs: ["text", "image"],
  needs: [["text_gradient"], ["image_gradient", "patches"]],
  explains: true,
});
const cut = methodEntry({ key: "cut", lens: "tokenizers", needs: [], needs_model: false });
const language = modelEntry({ abilities: ["next_token", "generate", "text_gradient"] });
const vision = modelEntry({ key: "vit", inputs: ["image"], abilities: ["image_classes", "image_gradient", "patches"] });

describe("misfit", () => {
  it("is null where input and abilities fit, by any of a method's alternatives", () => {
    expect(misfit(language, ["text"], [surprisal, gradient, cut])).toBeNull();
    expect(misfit(vision, ["image"], [gradient])).toBeNull();
  });

  it("says what is in the way", () => {
    expect(misfit(vision, ["text"], [])).toBe("it reads no text");
    expect(misfit(language, ["text", "image"], [])).toBe("it reads no pictures");
    expect(misfit(modelEntry({ available: false }), ["text"], [])).toContain("no worker");
    expect(misfit(modelEntry({ missing: "the folder holds a pickle only" }), ["text"], [])).toContain("pickle");
    expect(misfit(modelEntry({ abilities: ["next_token"] }), ["text"], [gradient])).toBe(
      "Surprisal needs text gradient, or image gradient and patches",
    );
  });
});

describe("methods", () => {
  it("are offered for the input that they read", () => {
    expect(methodsFor([surprisal, gradient, cut], "importance", ["image"])).toEqual([gradient]);
    expect(methodsFor([surprisal, gradient, cut], "uncertainty", ["image"])).toEqual([]);
  });

  it("default to what is there and answers soon", () => {
    const slow = methodEntry({ key: "slow", background: true });
    const away = methodEntry({ key: "away", available: false });
    expect(defaultMethod([away, slow, surprisal])).toBe(surprisal);
    expect(defaultMethod([away, slow])).toBe(slow);
    expect(defaultMethod([away])).toBeUndefined();
  });
});
