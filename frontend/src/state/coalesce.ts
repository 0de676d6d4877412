/**
 * Runs `work` now; calls that arrive meanwhile are remembered as one, which runs when the present one has ended.
 * So there is never more than one under way, and the last one always starts after the last call.
 */
export function coalesce(work: () => Promise<void>): () => Promise<void> {
  let current: Promise<void> | null = null;
  let again = false;
  return function call(): Promise<void> {
    if (current) {
      again = true;
      return current;
    }
    current = work().finally(() => {
      current = null;
      if (!again) return;
      again = false;
      void call();
    });
    return current;
  };
}
