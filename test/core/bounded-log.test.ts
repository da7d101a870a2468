import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { boundedLog } from '../../src/core/bounded-log.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const MINUTE_MS = 60_000;

function collecting() {
  const lines: { level: string; fields: object; message: string }[] = [];
  const at = (level: string) => (fields: object, message: string) => lines.push({ level, fields, message });
  return {
    lines,
    messages: () => lines.map(({ message }) => message),
    log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
  };
}

/** Says the same, with another number each time, every so often. */
function outage(log: ReturnType<typeof boundedLog>, everyMs: number, forMs: number): void {
  for (let at = 0; at < forMs; at += everyMs) {
    log.warn({ attempt: at, error: 'ECONNREFUSED' }, 'no connection');
    vi.advanceTimersByTime(everyMs);
  }
}

it('writes an outage once, sums it up at growing intervals, and says when it is over', () => {
  const { lines, log } = collecting();
  const bounded = boundedLog(log, 'kafka');
  outage(bounded, 400, 60_000);
  expect(lines).toEqual([
    { level: 'warn', fields: { attempt: 0, error: 'ECONNREFUSED' }, message: 'no connection' },
    ...[
      [25, 10],
      [50, 30],
    ].map(([count, seconds]) => ({
      level: 'warn',
      fields: { lines: count, lastedSeconds: seconds, last: 'warn: no connection: ECONNREFUSED' },
      message: `kafka: the trouble goes on, ${count} more lines like these`,
    })),
  ]);
  vi.advanceTimersByTime(2 * MINUTE_MS);
  expect(lines.slice(3)).toEqual([
    {
      level: 'info',
      fields: { lines: 150, lastedSeconds: 60 },
      message: 'kafka: the trouble is over; it lasted 60 s',
    },
  ]);
  bounded.warn({ error: 'ECONNREFUSED' }, 'no connection');
  expect(lines.at(-1)?.message).toBe('no connection');
});

it('writes few lines of a long outage, however often and however differently it complains', () => {
  for (const [forMs, most] of [
    [MINUTE_MS, 14],
    [60 * MINUTE_MS, 22],
    [24 * 60 * MINUTE_MS, 160],
  ] as const) {
    const { lines, log } = collecting();
    const bounded = boundedLog(log, 'queue');
    for (let at = 0; at < forMs; at += 5_000) {
      bounded.error({ error: 'the same' }, 'trouble');
      bounded.warn({}, `something new ${at}`);
      vi.advanceTimersByTime(5_000);
    }
    expect(lines.length).toBeLessThanOrEqual(most);
    vi.advanceTimersByTime(10 * MINUTE_MS);
  }
});

it('leaves alone what happens once, and everything that is no trouble', () => {
  const { messages, log } = collecting();
  const bounded = boundedLog(log, 'kafka');
  bounded.warn({}, 'one');
  bounded.error({ err: new Error('two') }, 'failed');
  bounded.error({ err: new Error('three') }, 'failed');
  for (let n = 0; n < 20; n += 1) {
    bounded.info({}, 'info');
    bounded.debug({}, 'debug');
  }
  vi.advanceTimersByTime(10 * MINUTE_MS);
  expect(messages().filter((message) => message !== 'info' && message !== 'debug')).toEqual([
    'one',
    'failed',
    'failed',
  ]);
  expect(messages()).toHaveLength(43);
});
