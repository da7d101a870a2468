import { describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../src/core/clock.ts';
import { silenceOf, silentUntil, silentWindows, type SilentSlot } from '../../src/window/silence.ts';

const past = (text: string): boolean[] => Array.from(text, (letter) => letter === 'x');

describe('silenceOf', () => {
  test.each([
    // rows in past weeks (x) or none (.), in past days; another version had rows → how it is taken
    ['', '', false, 'unexpected'],
    ['', 'x', false, 'unexpected'],
    ['', '.', false, 'usual'],
    ['', '..xx', false, 'unexpected'],
    ['', '...xx', false, 'usual'],
    ['x', '......', false, 'unexpected'],
    ['.', 'xxxxxx', false, 'usual'],
    // An outage a week ago makes no outage of today usual, once there is a week more.
    ['.x', 'xxxxxx', false, 'unexpected'],
    ['...x', 'xxxxxx', false, 'usual'],
    ['xxxx', 'xxxxxx', true, 'served_elsewhere'],
  ])('weeks %j, days %j, elsewhere %s: %s', (weeks, days, servedElsewhere, expected) => {
    expect(silenceOf({ servedElsewhere, weeks: past(weeks), days: past(days) })).toBe(expected);
  });
});

describe('silentWindows', () => {
  /** u unexpected, n usual, s served elsewhere. */
  const slots = (text: string): SilentSlot[] =>
    Array.from(text, (letter, hour) => ({
      startMs: hour * HOUR_MS,
      servedElsewhere: letter === 's',
      weeks: past(letter === 'n' ? '.' : 'x'),
      days: [],
    }));
  test.each([
    ['uuuu', [0, 0], '01'],
    ['uuuu', [1, 0], '0'],
    ['uuuu', [2, 0], ''],
    // The night in between is opened, and counts for nothing.
    ['unnuuu', [0, 0], '0123'],
    ['uunnnss s'.replace(' ', ''), [0, 0], '0156'],
    ['sssss', [0, 0], '01'],
    ['ssuuu', [0, 0], '01'],
    ['suuus', [0, 0], '0124'],
    ['sssss', [2, 1], '0'],
    ['uuuuu', [0, 2], ''],
  ])('of %j after %j opens %j', (text, [unexpected = 0, servedElsewhere = 0], opened) => {
    const { windows, streak } = silentWindows(slots(text), { unexpected, servedElsewhere }, 2);
    expect(windows.map(({ startMs }) => startMs / HOUR_MS).join('')).toBe(opened);
    // Cut anywhere, it goes on where it stopped.
    for (let cut = 0; cut <= text.length; cut += 1) {
      const first = silentWindows(slots(text).slice(0, cut), { unexpected, servedElsewhere }, 2);
      const second = silentWindows(slots(text).slice(cut), first.streak, 2);
      expect([...first.windows, ...second.windows]).toEqual(windows);
      expect(second.streak).toEqual(streak);
    }
  });
});

describe('silentUntil', () => {
  const [watermark, now] = [100, 110];
  test.each([
    [[], 100],
    [[{ maxEventMs: 50, modelSeenAtMs: 52 }], 100],
    // Read twenty after it happened: what is missing now would only come in ten.
    [[{ maxEventMs: 50, modelSeenAtMs: 70 }], 90],
    // The newest event tells, not the latest partition.
    [
      [
        { maxEventMs: 10, modelSeenAtMs: 90 },
        { maxEventMs: 50, modelSeenAtMs: 51 },
      ],
      100,
    ],
    [
      [
        { maxEventMs: null, modelSeenAtMs: null },
        { maxEventMs: 50, modelSeenAtMs: 75 },
      ],
      85,
    ],
    // Clocks that run ahead.
    [[{ maxEventMs: 90, modelSeenAtMs: 80 }], 100],
  ])('%j: %i', (partitions, expected) => {
    expect(silentUntil(partitions, watermark, now)).toBe(expected);
  });
});
