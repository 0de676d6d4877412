/** Matches away from the page: an expression can take longer than anyone waits, and only a worker can be ended. */
import { compiled, matchesIn } from "./pattern";
import type { PatternAnswer, PatternQuestion } from "./matching";

const say = (answer: PatternAnswer): void => postMessage(answer);

addEventListener("message", ({ data }: MessageEvent<PatternQuestion>) => {
  const expression = compiled(data.pattern);
  say({ found: data.texts.map((text) => matchesIn(text, expression)) });
});

say({ found: null });
