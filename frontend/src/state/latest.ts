/** Of several questions under way only the latest may answer; the others are aborted and their answers dropped. */
export class Latest {
  private controller: AbortController | null = null;

  /** The answer, or `undefined` when a later question has been asked meanwhile. */
  async ask<T>(question: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    this.controller?.abort();
    const controller = new AbortController();
    this.controller = controller;
    try {
      const answer = await question(controller.signal);
      return controller.signal.aborted ? undefined : answer;
    } catch (error) {
      if (controller.signal.aborted) return undefined;
      throw error;
    }
  }

  cancel(): void {
    this.controller?.abort();
    this.controller = null;
  }
}
