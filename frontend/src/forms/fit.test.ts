import { describe, expect, it } from "vitest";

import { methodEntry, modelEntry } from "../../fixtures/catalogue";
import { defaultMethod, defaultMethods, fillerOf, methodsFor, misfit, roleMisfit, roleNote, unfit } from "./fit";

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

describe("default methods", () => {
  it("are those that their cards name, else one", () => {
    const named = methodEntry({ key: "named", default: true });
    const away = methodEntry({ key: "away", default: true, missing: "not installed" });
    expect(defaultMethods([surprisal, named, away])).toEqual([named]);
    expect(defaultMethods([surprisal, away])).toEqual([surprisal]);
    expect(defaultMethods([])).toEqual([]);
  });
});

describe("roles", () => {
  const main = modelEntry({ key: "main", vocabulary_hash: "a" });
  const twin = modelEntry({ key: "twin", name: "Twin", vocabulary_hash: "a" });
  const foreign = modelEntry({ key: "foreign", vocabulary_hash: "b" });
  const all = [main, foreign, twin];
  const same = { summary: "", needs: ["next_token" as const], tokenizers: "same" as const, optional: false };
  const aligned = { ...same, tokenizers: "aligned" as const };

  it("are filled by models of the same vocabulary, or of any whose bytes can be aligned", () => {
    expect(roleMisfit(twin, same, [main])).toBeNull();
    expect(roleMisfit(foreign, same, [main])).toBe("its vocabulary is not that of Demo language model");
    expect(roleMisfit(foreign, aligned, [main])).toBeNull();
    expect(roleNote(foreign, aligned, [main])).toBe("another tokenizer, aligned on the bytes");
    expect(roleNote(main, aligned, [main])).toBe("the same model");
    expect(roleMisfit(vision, aligned, [main])).toBe("it does not offer next token");
    const translator = modelEntry({ abilities: ["next_token", "sequence_to_sequence"] });
    expect(roleMisfit(translator, aligned, [main])).toBe("it answers a text, Demo language model does not");
    expect(roleMisfit(modelEntry({ available: false }), same, [main])).toContain("no worker");
  });

  it("take another model than the asked one where there is one, and what was chosen where it fits", () => {
    expect(fillerOf(same, null, [main], all)).toBe("twin");
    expect(fillerOf(aligned, null, [main], all)).toBe("foreign");
    expect(fillerOf(same, "foreign", [main], all)).toBe("twin");
    expect(fillerOf(aligned, "main", [main], all)).toBe("main");
    expect(fillerOf(same, null, [main], [main])).toBe("main");
    expect(fillerOf({ ...same, optional: true }, null, [main], all)).toBeNull();
    expect(fillerOf(same, null, [main], [foreign])).toBeNull();
  });

  it("keep a method from being asked when nobody can fill them", () => {
    const pair = methodEntry({ roles: { draft_model: same } });
    expect(unfit(pair, [main], all)).toBeNull();
    expect(unfit(pair, [main], [foreign])).toBe("no model here can be its draft model");
    expect(unfit(gradient, [vision, main], all)).toBeNull();
    expect(unfit(surprisal, [vision], all)).toBe("needs next token, which Demo language model does not offer");
    expect(unfit(methodEntry({ missing: "install it" }), [main], all)).toBe("install it");
  });
});
