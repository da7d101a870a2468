import { describe, expect, it } from 'vitest';
import { createRefresh } from '../../src/browser/data/refresh.ts';

/** A server that answers when it is told to, and a clock that moves with it. */
function slowServer() {
  let nowMs = 0;
  const waiting: ((ok: boolean) => void)[] = [];
  const asked: string[] = [];
  const paused: number[] = [];
  const refresh = createRefresh({
    ask: async (url) => {
      asked.push(url);
      await new Promise<void>((done, failed) =>
        waiting.push((ok) => (ok ? done() : failed(new Error('503')))),
      );
    },
    pause: async (ms) => void paused.push(ms),
    nowMs: () => nowMs,
  });
  const answer = async (afterMs: number, ok = true): Promise<void> => {
    nowMs += afterMs;
    waiting.shift()?.(ok);
    for (let n = 0; n < 10; n += 1) await Promise.resolve();
  };
  return { refresh, asked, paused, answer };
}

describe('asking anew for what has changed', () => {
  it('lets a slow answer arrive, however many news come meanwhile, and then asks once for all of them', async () => {
    const { refresh, asked, paused, answer } = slowServer();
    void refresh('/a');
    for (let n = 0; n < 50; n += 1) void refresh('/a');
    expect(asked).toEqual(['/a']);
    await answer(4_000);
    expect(asked).toEqual(['/a', '/a']);
    await answer(500);
    expect([asked.length, paused]).toEqual([2, [4_000, 500]]);
    void refresh('/a');
    expect(asked).toHaveLength(3);
  });

  it('does not let one wait for another, nor stop where an answer fails', async () => {
    const { refresh, asked, answer } = slowServer();
    void refresh('/a');
    void refresh('/b');
    expect(asked).toEqual(['/a', '/b']);
    void refresh('/a');
    await answer(10, false);
    expect(asked).toEqual(['/a', '/b', '/a']);
  });
});
