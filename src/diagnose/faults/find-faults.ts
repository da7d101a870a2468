import type { MeasuredFeature } from '../input.ts';
import { asLevels, levelCounts } from '../row-samples.ts';
import type { ColumnCells, RowSamples } from '../row-samples.ts';
import { FEW_LEVELS } from '../thresholds.ts';
import { categoryRename } from './category-rename.ts';
import { exchangedMarginals } from './exchanged-columns.ts';
import { confirmedByCorrelations, hiddenSuspects, restoredSuspects } from './hidden-suspects.ts';
import type { Suspect } from './suspect.ts';
import { lateFaults } from './late-faults.ts';
import { lostRows } from './lost-rows.ts';
import { misalignedJoin } from './misaligned-join.ts';
import { outOfRange } from './out-of-range.ts';
import { codedPair } from './coded-pair.ts';
import { filledValue } from './filled-value.ts';
import { type WindowOrder, stuckRun } from './stuck-run.ts';
import { rowsInTime } from './fault-since.ts';
import { sortColumns } from './sorted-pair.ts';
import type { SortedPair } from './sorted-pair.ts';
import { suspicion } from './suspicion.ts';
import type { Suspicion } from './suspicion.ts';
import { unitChange } from './unit-change.ts';
import { missingSpike, typeChange } from './value-shares.ts';

/** What is wrong with the columns themselves. */
export interface FaultSearch {
  readonly found: readonly Suspicion[];
  /** Flips and swaps that neither distributions nor correlations decide: only labels can. */
  readonly suspects: readonly Suspect[];
}

/**
 * Looks for pipeline faults, feature by feature, then between features. Shares come from all rows of the window,
 * values from the row samples; without samples only missing and unreadable values can be judged. `choose` is asked
 * which of several columns to name where undoing any of them would mend the same correlations.
 */
export function findFaults(
  features: readonly MeasuredFeature[],
  samples: RowSamples | null,
  choose: (group: readonly Suspect[]) => Suspect | undefined,
): FaultSearch {
  const { length } = features;
  const found: Suspicion[] = [];
  for (const feature of features) {
    push(
      found,
      missingSpike(feature, samples?.habits.get(feature.name), length),
      typeChange(feature, length),
    );
  }
  if (samples === null) return { found, suspects: [] };
  const watched = new Set(features.map((feature) => feature.name));
  for (const name of samples.mismatched) {
    if (watched.has(name) && !isFaulty(found, name)) push(found, otherKind(name));
  }
  const order = windowOrder(features, samples);
  const columns = samples.features.filter((pair) => watched.has(pair.name));
  const sorted = sortColumns(columns);
  const sortedOf = new Map(sorted.map((pair) => [pair.name, pair]));
  push(found, ...exchangedMarginals(clean(columns, found), clean(sorted, found)));
  for (const pair of clean(columns, found, 'swapped_columns')) {
    push(found, columnFault(pair, { samples, order, sorted: sortedOf.get(pair.name), features: length }));
  }
  const hidden = hiddenSuspects(clean(columns, found), clean(sorted, found));
  for (const group of restoredSuspects(hidden)) {
    const suspect = choose(group);
    if (suspect !== undefined) push(found, ...confirmedByCorrelations(suspect));
  }
  const joined = misalignedJoin(samples, clean(columns, found));
  push(found, ...joined.filter(({ otherwise }) => otherwise === undefined));
  push(found, ...lateFaults(samples, clean(columns, found)));
  // What a part of the window explains is no reading of the whole.
  push(found, ...joined.filter(({ finding }) => !isFaulty(found, finding.feature)));
  push(found, ...lostRows(samples, clean(columns, found)));
  return {
    found,
    suspects: hidden.suspects.filter(
      (candidate) =>
        candidate.correlations === 'silent' && !candidate.features.some((name) => isFaulty(found, name)),
    ),
  };
}

function windowOrder(features: readonly MeasuredFeature[], { rows, currentMs }: RowSamples): WindowOrder {
  const inTime = rowsInTime(currentMs);
  const all = Math.max(rows.current, ...features.map((feature) => feature.rows.current));
  return { inTime: inTime.length === 0 ? null : inTime, rowsEach: all / Math.max(1, rows.current) };
}

interface ColumnFacts {
  readonly samples: RowSamples;
  readonly order: WindowOrder;
  readonly sorted: SortedPair | undefined;
  readonly features: number;
}

/** The first fault that explains the column; the more specific ones are asked first. */
function columnFault(pair: ColumnCells, { samples, order, sorted, features }: ColumnFacts): Suspicion | null {
  const coded = codedPair(pair);
  const habits = samples.habits.get(pair.name);
  const ofValues =
    stuckRun(coded, order, habits, features) ??
    filledValue(coded, sorted, habits, features) ??
    (sorted === undefined ? null : unitChange(sorted, features));
  if (ofValues !== null) return ofValues;
  const levels = pair.kind === 'levels' ? pair : asLevels(pair, 2 * FEW_LEVELS);
  if (levels !== null) {
    const reference = levelCounts(levels.reference, levels.levels.length);
    const current = levelCounts(levels.current, levels.levels.length);
    const few = pair.kind === 'levels' || countPresent(reference) <= FEW_LEVELS;
    const renamed = few ? categoryRename(pair.name, levels.levels, reference, current, features) : null;
    if (renamed !== null) return renamed;
  }
  return pair.kind === 'numeric' ? outOfRange(pair, features) : null;
}

function otherKind(name: string): Suspicion {
  return suspicion('type_change', name, {
    detail: 'numbers on one side and text on the other',
    share: 1,
    statistic: 1,
    p: null,
    doubt: 0,
  });
}

function clean<C extends { readonly name: string }>(
  columns: readonly C[],
  found: readonly Suspicion[],
  only?: Suspicion['finding']['fault'],
): C[] {
  const faulty = new Set(
    found
      .filter(({ finding }) => only === undefined || finding.fault === only)
      .map(({ finding }) => finding.feature),
  );
  return columns.filter((pair) => !faulty.has(pair.name));
}

function isFaulty(found: readonly Suspicion[], name: string): boolean {
  return found.some(({ finding }) => finding.feature === name);
}

function push(found: Suspicion[], ...candidates: (Suspicion | null)[]): void {
  for (const candidate of candidates) if (candidate !== null) found.push(candidate);
}

function countPresent(counts: Float64Array): number {
  return counts.reduce((sum, count) => (count > 0 ? sum + 1 : sum), 0);
}
