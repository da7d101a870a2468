interface RefreshDeps {
  /** Asks for it anew. It has been when this returns, whatever came of it. */
  readonly ask: (url: string) => Promise<unknown>;
  readonly pause: (ms: number) => Promise<void>;
  readonly nowMs: () => number;
}

/**
 * Asks anew for what has changed, but never for what is on its way already: that waits for its answer, and then as long
 * as the answer took. Where news come faster than answers, each answer would be thrown away for the next, and the
 * screen would stand still while the server works for nothing.
 */
export function createRefresh({ ask, pause, nowMs }: RefreshDeps): (url: string) => Promise<void> {
  const isAsking = new Set<string>();
  const isStale = new Set<string>();
  return async (url) => {
    isStale.add(url);
    if (isAsking.has(url)) return;
    isAsking.add(url);
    try {
      while (isStale.delete(url)) {
        const began = nowMs();
        await ask(url).catch(() => {});
        await pause(nowMs() - began);
      }
    } finally {
      isAsking.delete(url);
    }
  };
}
