/** Who of the new levels is who of the old ones, by what the other columns look like in their rows. */
import type { LevelCompany } from '../../../stats/company/level-company.ts';
import { logGamma } from '../../../stats/special/log-gamma.ts';

/** A level may be matched to the wrong one of two of about one size: one in ten does not refute the rest. */
const MISMATCHED = 0.1;
const MAX_MATCHED = 100;
const MOST_ORDERED = 30;

export interface Level {
  readonly code: number;
  readonly name: string;
  readonly before: number;
  readonly now: number;
  /** Rows from the first one with a new level on. */
  readonly after: number;
}

/** ln of how much likelier the company of the new levels is that of the old ones of their rank; 0 where it says nothing. */
export function companyOfAll(
  old: readonly Level[],
  now: readonly Level[],
  known: LevelCompany | null,
): number {
  if (known === null) return 0;
  const drift = known.drift(new Set([...old, ...now].map(({ code }) => code)));
  const logs = now.slice(0, MAX_MATCHED).map(({ code }, i) => {
    const rows = known.rowsOf(code);
    const log = rows && known.likeness(old[i]?.code ?? -1, rows, drift);
    return log === null ? 0 : Math.log(MISMATCHED + (1 - MISMATCHED) * Math.exp(Math.min(log, 500)));
  });
  return sumOf(logs);
}

/** Old levels in the order of the new ones they resemble, and ln of how much likelier that is than of any levels, all orders counted. */
export interface Matched {
  readonly old: readonly Level[];
  readonly log: number;
}

/**
 * Where shares moved as well their order says little of who is who: each new level and the old one it resembles most, the clearest first. How levels
 * wandered is then learned from those pairs themselves, so that a population that moved as one is no argument against them.
 */
export function matchedByCompany(
  old: readonly Level[],
  now: readonly Level[],
  known: LevelCompany | null,
): Matched | null {
  if (known === null || old.length !== now.length || old.length > MOST_ORDERED) return null;
  const still = known.driftOf([]);
  const none = { ...still, shift: still.shift.map(() => 0) };
  const alike = now
    .flatMap((level) =>
      old.map((each) => {
        const rows = known.rowsOf(level.code);
        return { level, old: each, log: (rows && known.logAs(each.code, rows, none)) ?? -Infinity };
      }),
    )
    .sort((a, b) => b.log - a.log);
  const pairs = distinct(alike);
  if (pairs.length < now.length) return null;
  const oldOf = new Map(pairs.map((pair) => [pair.level, pair.old]));
  const drift = known.driftOf(pairs.map((pair) => [pair.old.code, pair.level.code]));
  const logs = pairs.map((pair) => {
    const rows = known.rowsOf(pair.level.code);
    return (rows && known.likeness(pair.old.code, rows, drift)) ?? -Infinity;
  });
  return { old: now.map((level) => oldOf.get(level)!), log: sumOf(logs) - logGamma(old.length + 1) };
}

/** The most alike first, each level once. */
export function distinct<M extends { readonly level: Level; readonly old: Level }>(
  matched: readonly M[],
): M[] {
  const taken = new Set<Level>();
  return matched.filter(({ level, old }) => {
    if (taken.has(level) || taken.has(old)) return false;
    taken.add(level).add(old);
    return true;
  });
}

const sumOf = (logs: readonly number[]): number => logs.reduce((sum, log) => sum + log, 0);
