import { beforeEach, expect, it } from 'vitest';
import { RepeatedLines } from '../../src/core/repeated-lines.ts';

let nowMs: number;
let due: { atMs: number; callBack: () => void }[];
let said: [string, object][];
let lines: RepeatedLines;

beforeEach(() => {
  nowMs = 1_000_000;
  due = [];
  said = [];
  const note = (fields: object, message: string): void => void said.push([message, fields]);
  lines = new RepeatedLines({
    log: { warn: note, info: note },
    message: 'trouble',
    clock: { nowMs: () => nowMs },
    later: (ms, callBack) => {
      const entry = { atMs: nowMs + ms, callBack };
      due.push(entry);
      return () => void (due = due.filter((other) => other !== entry));
    },
  });
});

function pass(ms: number): void {
  const untilMs = nowMs + ms;
  for (;;) {
    const next = due.toSorted((a, b) => a.atMs - b.atMs)[0];
    if (next === undefined || next.atMs > untilMs) break;
    due = due.filter((entry) => entry !== next);
    nowMs = next.atMs;
    next.callBack();
  }
  nowMs = untilMs;
}

it('says a trouble once, counts it at growing intervals, and says when it was over', () => {
  for (let n = 0; n < 1_200; n += 1) {
    lines.say('refused');
    pass(100);
  }
  // Two minutes at ten a second.
  expect(said.map(([message]) => message)).toEqual(['trouble', ...Array(3).fill('trouble, still')]);
  expect(said.slice(1).map(([, fields]) => (fields as { times: number }).times)).toEqual([100, 200, 400]);
  pass(60_000);
  expect(said.at(-1)).toEqual(['trouble is over', { times: 1_200, lastedMs: 119_900 }]);
  expect(said).toHaveLength(5);
  lines.say('refused');
  expect(said.at(-1)).toEqual(['trouble', { error: 'refused' }]);
});

it('says at once what is new, but not without bound', () => {
  for (let n = 0; n < 50; n += 1) lines.say(`socket ${n} was closed`, { kind: 'queue' });
  expect(said).toHaveLength(5);
  expect(said[4]).toEqual(['trouble', { kind: 'queue', error: 'socket 4 was closed' }]);
});

it('is over when somebody says so, and is silent once closed', () => {
  lines.over();
  lines.say('refused');
  lines.over();
  lines.say('refused');
  lines.close();
  pass(600_000);
  expect(said.map(([message]) => message)).toEqual(['trouble', 'trouble is over', 'trouble']);
});
