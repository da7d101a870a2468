import { keptWith } from '../../core/memory/remember.ts';
import { sumGroups } from '../cells.ts';
import { sum } from '../elementary.ts';
import { mixOfPhases } from '../significance/cycle.ts';
import { spreadBeside } from '../significance/overdispersion.ts';
import type { BesideUsual, WindowSpread } from '../significance/overdispersion.ts';

/** Healthy windows one after the other, and what is usual at the hours of each. */
interface HealthyWindows {
  readonly healthy: readonly (readonly number[])[];
  readonly usualOfHealthy: readonly (readonly number[] | null)[];
}

export interface KnownStretches {
  readonly stretches: readonly BesideUsual[];
  readonly spread: () => WindowSpread | null;
  /** How many of them count, as far as they are not like the one before. */
  readonly occasions: () => number;
}

interface KeptStretches extends KnownStretches {
  /** The cells that are taken together. */
  readonly groups: string;
}

const keptOf = keptWith((_healthy: readonly (readonly number[])[]) => new Map<string, KeptStretches>());

/**
 * Stretches of so many healthy windows, cells taken together as `groups` has them: window after window most have the same, and those of the last
 * one are kept for each length. Half of the time of windows of an hour went into making them again.
 */
export function stretchesIn(
  groups: readonly number[][],
  known: HealthyWindows,
  length: number,
): KnownStretches {
  if (known.healthy.length === 0) return { stretches: [], spread: () => null, occasions: () => 0 };
  const kept = keptOf(known.healthy);
  const key = `${length} ${known.usualOfHealthy.length > 0}`;
  const cells = JSON.stringify(groups);
  const last = kept.get(key);
  if (last?.groups === cells) return last;
  const stretches = stretchesOf(known, length).map((one) => ({
    counts: sumGroups(one.counts, groups),
    usual: sumGroups(one.usual, groups),
  }));
  let spread: { readonly of: WindowSpread | null } | null = null;
  let occasions: number | null = null;
  const made = {
    groups: cells,
    stretches,
    spread: () => (spread ??= { of: spreadBeside(stretches) }).of,
    occasions: () => (occasions ??= occasionsIn(stretches)),
  };
  kept.set(key, made);
  return made;
}

/** Fewer stretches say nothing of how much further apart longer ones are. */
const FEWEST_STRETCHES = 5;
/** From one length to twice it: by no more than this they have stopped to be further apart. */
const HARDLY_GROWS = 1.25;

/**
 * So many of `count` windows put together as count for themselves: all of them where each is another draw, one where rows of all of them are alike.
 *
 * Formula: count/g, g the largest ratio of (X² − df) of stretches of 2, 4, … healthy windows to that of single ones, at most the length; beyond the longest of which
 * five are known it goes on as it did last, where that was by more than a quarter. Range [1, count]. O(healthy · cells).
 *
 * @example windowsThatCount({ healthy: Array.from({ length: 40 }, (_, i) => [50 + 20 * (i % 2), 70 - 20 * (i % 2)]), usualOfHealthy: [] }, 8) // 8
 */
export function windowsThatCount(known: HealthyWindows, count: number): number {
  const beyond = (length: number): number | null => {
    const spread = spreadBeside(stretchesOf(known, length), FEWEST_STRETCHES);
    return spread && Math.max(0, spread.mean - spread.df);
  };
  const single = beyond(1);
  if (single === null || single === 0) return count;
  let [growth, last, length] = [1, 1, 1];
  for (let next = 2; next <= count; next *= 2) {
    const found = beyond(next);
    if (found === null) break;
    const own = Math.min(next, Math.max(1, found / single));
    [last, length] = [own / growth, next];
    growth = Math.max(growth, own);
  }
  if (length < count && last > HARDLY_GROWS) growth *= (count / length) ** Math.log2(Math.min(2, last));
  return count / Math.min(count, growth);
}

/** How many of healthy windows in a row count, as far as they are not like the one before (`occasionsIn`). O(windows · cells). */
export function occasionsAmong(windows: readonly (readonly number[])[]): number {
  return occasionsIn(stretchesOf({ healthy: windows, usualOfHealthy: [] }, 1));
}

/** Fewer occasions are not made of what is known. */
const FEWEST = 3;

/**
 * Stretches that go on as the one before are fewer than they seem: K(1 − r)/(1 + r), r how much of a stretch's way from what is usual the next one goes as
 * well, 0 where they turn back. A pump that is closed for days is seen in twenty stretches of half a day, and closed three times.
 */
function occasionsIn(stretches: readonly BesideUsual[]): number {
  const ways = stretches.map(({ counts, usual }) => {
    const [now, before] = [sharesOf(counts), sharesOf(usual)];
    return now.map((share, cell) =>
      before[cell]! > 0 ? (share - before[cell]!) / Math.sqrt(before[cell]!) : 0,
    );
  });
  let [along, all] = [0, 0];
  for (const [at, way] of ways.entries()) {
    for (const [cell, one] of way.entries()) {
      all += one ** 2 || 0;
      along += one * (ways[at + 1]?.[cell] ?? 0) || 0;
    }
  }
  const r = all > 0 ? Math.max(0, along / all) : 0;
  return Math.max(FEWEST, (stretches.length * (1 - r)) / (1 + r));
}

/** Healthy windows one after the other, without overlap, each stretch beside its own hours or all the others. */
function stretchesOf({ healthy, usualOfHealthy }: HealthyWindows, length: number): BesideUsual[] {
  const cells = healthy[0]?.length ?? 0;
  const all = addUp(healthy, cells);
  return Array.from({ length: Math.floor(healthy.length / length) }, (_, i) => {
    const windows = healthy.slice(i * length, (i + 1) * length);
    const counts = addUp(windows, cells);
    const mix = mixOf(windows, usualOfHealthy.slice(i * length, (i + 1) * length));
    return { counts, usual: mix ?? all.map((count, cell) => count - counts[cell]!) };
  });
}

/** Null: one of the windows is of no hour. One without rows has none to be beside. */
export function mixOf(
  windows: readonly (readonly number[])[],
  usual: readonly (readonly number[] | null)[],
): number[] | null {
  const filled = windows
    .map((window, i) => ({ rows: sum(window), usual: usual[i] ?? null }))
    .filter(({ rows }) => rows > 0);
  const parts = filled.flatMap(({ rows, usual: own }) => (own === null ? [] : [{ rows, usual: own }]));
  return parts.length < filled.length ? null : mixOfPhases(parts);
}

export function addUp(windows: readonly (readonly number[])[], cells: number): number[] {
  return Array.from({ length: cells }, (_, cell) =>
    windows.reduce((all, window) => all + (window[cell] ?? 0), 0),
  );
}

export function sharesOf(counts: readonly number[]): number[] {
  const all = sum(counts);
  return counts.map((count) => count / all);
}
