import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/core/clock.ts';
import {
  areFree,
  howToRecompute,
  largestOfSameCounts,
  sharingCounts,
} from '../../src/pipeline/recompute/recomputable.ts';
import type { WindowToRecompute } from '../../src/store/evaluation/recomputed-windows.ts';

let nextId = 0;
const windowOf = (
  startMs: number,
  sizeMs: number,
  more: Partial<WindowToRecompute> = {},
): WindowToRecompute => ({
  id: (nextId += 1),
  modelVersionId: 1,
  version: '1',
  sizeMs,
  startMs,
  endMs: startMs + sizeMs,
  paneMs: null,
  isPaneOnly: false,
  isOpen: false,
  isEmptied: false,
  baselineId: 1,
  newestBaselineId: 2,
  closedRevision: 1,
  maturedRevision: 0,
  ...more,
});
const own = { keepsBaseline: false, featuresApart: false };

describe('what may be judged again', () => {
  it.each([
    [{ isOpen: true }, own, 'open'],
    [{ isEmptied: true }, own, 'counts_gone'],
    [{ newestBaselineId: null, baselineId: null }, own, 'no_baseline'],
    [{ baselineId: 2 }, own, 'judge'],
    [{}, own, 'recount'],
    [{ baselineId: null }, { ...own, keepsBaseline: true }, 'recount'],
    [{}, { ...own, keepsBaseline: true }, 'judge'],
    [{}, { ...own, featuresApart: true }, 'features_apart'],
    [{}, { keepsBaseline: true, featuresApart: true }, 'judge'],
  ] as const)('%j is %s', (window, how, expected) => {
    expect(howToRecompute(windowOf(0, HOUR_MS, window), how)).toBe(expected);
  });

  const hours = Array.from({ length: 26 }, (_, n) => windowOf(n * HOUR_MS, HOUR_MS));
  const quarters = [0, 1, 2, 3].map((n) => windowOf(6 * n * HOUR_MS, 6 * HOUR_MS, { paneMs: HOUR_MS }));
  const day = windowOf(0, DAY_MS, { paneMs: HOUR_MS });
  const odd = windowOf(0, 7 * HOUR_MS);
  const all = [...hours, ...quarters, day, odd];

  it('takes all sums of the same panes together, and no other window', () => {
    expect(largestOfSameCounts(hours[3]!, all)).toBe(day);
    expect(largestOfSameCounts(quarters[1]!, all)).toBe(day);
    expect(largestOfSameCounts(odd, all)).toBe(odd);
    expect(largestOfSameCounts(hours[25]!, all)).toBe(hours[25]);
    expect(new Set(sharingCounts(day, all))).toEqual(new Set([...hours.slice(0, 24), ...quarters, day]));
    expect(sharingCounts(odd, all)).toEqual([odd]);
    expect(sharingCounts(hours[25]!, all)).toEqual([hours[25]]);
  });

  it('refuses those that somebody else counts on', () => {
    const everything = { fromMs: null, toMs: null };
    expect(areFree([day, ...hours], everything)).toBe(true);
    expect(areFree([day, ...hours], { fromMs: HOUR_MS, toMs: null })).toBe(false);
    expect(areFree([day, ...hours], { fromMs: 0, toMs: 25 * HOUR_MS })).toBe(false);
    for (const one of [{ isOpen: true }, { isEmptied: true }, { isPaneOnly: true }, { sizeMs: -500 }])
      expect(areFree([windowOf(0, HOUR_MS, one)], everything)).toBe(false);
  });
});
