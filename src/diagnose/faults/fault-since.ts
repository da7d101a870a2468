import type { FaultFinding } from '../../core/faults.ts';
import { rowsInTime } from '../../stats/habits/column-habits.ts';
import type { ColumnCells, LevelPair, NumericCells, RowSamples } from '../samples/row-samples.ts';
import { MIN_FAULT_SHARE } from '../thresholds.ts';
import { levelCounts } from '../../core/columns/level-counts.ts';

/** From this share on every row is concerned, but for a stray one. */
const ALL = 0.98;
/** 2 × log-likelihood a step must gain over a steady share; the best of thousands of places stays below by chance. */
const MIN_GAIN = 24;
const MAX_FILLED_VALUES = 3;

/**
 * When did the fault begin? Rows are put in order of their times and marked as broken or not; the step from one share
 * to a higher one that makes the marks likeliest is where it began, at the first broken row from there on. Without a
 * clear step, or where all rows are broken, it was there from the first row of the window. Null without times.
 */
export function faultSince(finding: FaultFinding, samples: RowSamples): number | null {
  const { currentMs } = samples;
  const pair = samples.features.find(({ name }) => name === finding.feature);
  if (currentMs === null) return null;
  const rows = rowsInTime(currentMs);
  const [first] = rows;
  if (first === undefined) return null;
  const isBroken = pair === undefined || finding.share >= ALL ? null : marker(finding, pair);
  const marks = isBroken === null ? null : Array.from(rows, (row) => isBroken(row));
  const step = marks === null ? 0 : clearestStep(marks);
  return currentMs[rows[step] ?? first] ?? null;
}

type Marker = (row: number) => boolean;

function marker(finding: FaultFinding, pair: ColumnCells): Marker | null {
  switch (finding.fault) {
    case 'missing_spike':
    case 'type_change':
      return pair.kind === 'numeric'
        ? (row) => Number.isNaN(pair.current[row]!)
        : (row) => pair.current[row]! < 0;
    case 'unit_change':
    case 'sign_flip':
    case 'out_of_range':
      return pair.kind === 'numeric' ? outside(pair) : null;
    case 'sentinel_fill':
      return pair.kind === 'numeric' ? filledNumber(pair) : unseenLevel(pair);
    case 'category_rename':
      return pair.kind === 'numeric' ? outside(pair) : unseenLevel(pair);
    default:
      return null;
  }
}

function outside({ reference, current }: NumericCells): Marker {
  let low = Infinity;
  let high = -Infinity;
  for (const value of reference) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return (row) => current[row]! < low || current[row]! > high;
}

function unseenLevel({ levels, reference, current }: LevelPair): Marker {
  const before = levelCounts(reference, levels.length);
  return (row) => current[row]! >= 0 && before[current[row]!] === 0;
}

/** The values whose share rose most, as the search for fills found them. */
function filledNumber({ reference, current }: NumericCells): Marker {
  const sharesOf = (values: Float64Array): Map<number, number> => {
    const shares = new Map<number, number>();
    for (const value of values) shares.set(value, (shares.get(value) ?? 0) + 1 / values.length);
    return shares;
  };
  const before = sharesOf(reference);
  const risen = [...sharesOf(current)]
    .map(([value, share]) => ({ value, rise: share - (before.get(value) ?? 0) }))
    .filter(({ value, rise }) => !Number.isNaN(value) && rise >= MIN_FAULT_SHARE)
    .sort((a, b) => b.rise - a.rise)
    .slice(0, MAX_FILLED_VALUES);
  const filled = new Set(risen.map(({ value }) => value));
  return (row) => filled.has(current[row]!);
}

/** Place of the first broken row after the likeliest rise of their share; 0 where there is none to be sure of. */
export function clearestStep(marks: readonly boolean[]): number {
  const all = marks.filter(Boolean).length;
  const steady = logLikelihood(all, marks.length);
  let best = { at: 0, gain: MIN_GAIN };
  let before = 0;
  for (let at = 1; at < marks.length; at++) {
    if (marks[at - 1] === true) before += 1;
    if (before / at >= (all - before) / (marks.length - at)) continue;
    const gain = 2 * (logLikelihood(before, at) + logLikelihood(all - before, marks.length - at) - steady);
    if (gain > best.gain) best = { at, gain };
  }
  return best.at === 0 ? 0 : Math.max(0, marks.indexOf(true, best.at));
}

/** Of `count` marks among `of` rows at their own share. */
function logLikelihood(count: number, of: number): number {
  if (count === 0 || count === of) return 0;
  return count * Math.log(count / of) + (of - count) * Math.log(1 - count / of);
}
