import { levelTest, marginalTest } from '../../marginal-test.ts';
import { selectCells } from '../../samples/row-samples.ts';
import type { ColumnCells, LevelPair, RowSamples } from '../../samples/row-samples.ts';
import { MIN_FAULT_SHARE, SAME_DISTANCE, SAME_P } from '../../thresholds.ts';
import { asPercent } from '../../wording.ts';
import { rowsInTime } from '../../../stats/habits/column-habits.ts';
import { suspicion } from '../suspicion.ts';
import type { Suspicion } from '../suspicion.ts';
import { levelCounts } from '../../../core/columns/level-counts.ts';

/** A part of the rows that somebody would miss. */
const MIN_SHARE = 0.05;
const MAX_LEVELS = 200;
/** Rows of the level that should have come. */
const MIN_EXPECTED = 30;
const ABSENT = 1e-6;
/** The reference was without the level for a while, too; so much longer is another matter. */
const UNPRECEDENTED = 2;

/**
 * A level that always came and stopped at once, with nothing else about the rows different: a partition, a source or a shop whose
 * rows do not arrive. Or which closed: always a reading, never a claim.
 *
 * The level held at least 5 % of the reference and no longer gap there than half the time it has now been away for; by chance its
 * absence has p < 1e-6 over the levels looked at; no new level came; and the other levels keep their proportions, the other columns
 * their distribution among reference rows without it. Nothing without times: rows may come in any order.
 */
export function lostRows(samples: RowSamples, columns: readonly ColumnCells[]): Suspicion[] {
  const inTime = rowsInTime(samples.currentMs);
  if (inTime.length === 0 || samples.referenceMs === null) return [];
  const levels = columns.filter(
    (pair): pair is LevelPair => pair.kind === 'levels' && pair.levels.length <= MAX_LEVELS,
  );
  const tried = levels.reduce((sum, pair) => sum + pair.levels.length, 0);
  return levels.flatMap((pair) => {
    const gone = [...pair.levels.keys()]
      .map((code) => absenceOf(samples, pair, code, inTime))
      .filter((each): each is Absence => each !== null && each.p * tried < ABSENT);
    const [longest] = gone.sort((a, b) => b.rows.length - a.rows.length);
    if (longest === undefined || gone.length > 1 || !isAllTheSame(columns, pair, longest)) return [];
    return [suspicionOf(samples, pair, longest)];
  });
}

interface Absence {
  readonly code: number;
  readonly share: number;
  /** Current rows since the last one of the level. */
  readonly rows: Int32Array;
  readonly p: number;
}

function absenceOf(samples: RowSamples, pair: LevelPair, code: number, inTime: Int32Array): Absence | null {
  const before = pair.reference.reduce((sum, each) => (each === code ? sum + 1 : sum), 0);
  const share = before / Math.max(1, pair.reference.length);
  if (share < MIN_SHARE) return null;
  const rows = inTime.slice(inTime.findLastIndex((row) => pair.current[row] === code) + 1);
  if (rows.length * share < MIN_EXPECTED) return null;
  const { currentMs, referenceMs } = samples;
  const awayMs = (currentMs?.[rows.at(-1)!] ?? 0) - (currentMs?.[rows[0]!] ?? 0);
  if (awayMs <= UNPRECEDENTED * longestGapMs(pair.reference, code, referenceMs)) return null;
  return { code, share, rows, p: (1 - share) ** rows.length };
}

function longestGapMs(codes: Int32Array, code: number, timesMs: Float64Array | null): number {
  let longest = 0;
  let last: number | null = null;
  for (const row of rowsInTime(timesMs)) {
    if (codes[row] !== code) continue;
    const ms = timesMs![row]!;
    if (last !== null) longest = Math.max(longest, ms - last);
    last = ms;
  }
  return longest;
}

/** Apart from the rows that do not come, nothing is different. */
function isAllTheSame(columns: readonly ColumnCells[], pair: LevelPair, { code, rows }: Absence): boolean {
  const others = Int32Array.from(pair.reference.keys()).filter((row) => pair.reference[row] !== code);
  const { length } = pair.levels;
  const reference = levelCounts(selectCells(pair.reference, others), length);
  const current = levelCounts(selectCells(pair.current, rows), length);
  const came = current.reduce(
    (sum, count, at) => (reference[at] === 0 && at !== code ? sum + count : sum),
    0,
  );
  if (came >= MIN_FAULT_SHARE * rows.length) return false;
  const isSame = ({ p, distance }: { p: number; distance: number }): boolean =>
    p * columns.length > SAME_P || distance < SAME_DISTANCE;
  if (!isSame(levelTest(reference, current))) return false;
  return columns.every((other) => other === pair || isSame(marginalTest(among(other, others, rows))));
}

function among(pair: ColumnCells, reference: Int32Array, current: Int32Array): ColumnCells {
  return pair.kind === 'numeric'
    ? {
        ...pair,
        reference: selectCells(pair.reference, reference),
        current: selectCells(pair.current, current),
      }
    : {
        ...pair,
        reference: selectCells(pair.reference, reference),
        current: selectCells(pair.current, current),
      };
}

function suspicionOf(samples: RowSamples, pair: LevelPair, { code, share, rows, p }: Absence): Suspicion {
  const level = pair.levels[code] ?? '';
  const isWhole = rows.length === samples.rows.current;
  const ms = samples.currentMs?.[rows[0]!] ?? Number.NaN;
  const found = suspicion('lost_rows', pair.name, {
    detail: `no row has ${level}${isWhole ? '' : ' any more'}, before ${asPercent(share)} of them, and nothing else about the rows is different`,
    share,
    statistic: share,
    p,
    doubt: 1,
    otherwise: `there are no more of ${pair.name} ${level}`,
  });
  return isWhole || !Number.isFinite(ms)
    ? found
    : { ...found, finding: { ...found.finding, since: new Date(ms).toISOString() } };
}
