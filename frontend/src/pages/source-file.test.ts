import { expect, it } from "vitest";

import { looksLikeLogprobs } from "./source-file";

it("knows a server's answer by its names, and leaves prose and other JSON alone", () => {
  for (const text of [
    '{"choices": [{"logprobs": {"content": []}}]}',
    '  [{"token": "a", "logprob": -1}]',
    'data: {"completion_probabilities": []}\n\ndata: [DONE]',
  ])
    expect(looksLikeLogprobs(text)).toBe(true);
  for (const text of ['The word "logprobs": a story', '{"prompt": "a"}', "[1, 2]", ""])
    expect(looksLikeLogprobs(text)).toBe(false);
});
