import { chiSquareSurvival } from '../../stats/distributions.ts';
import { fisherExactTest } from '../../stats/significance/fisher-exact.ts';
import { ksStatisticSorted } from '../../stats/significance/ks.ts';
import { correlationOfKnown } from '../relation/algebra/least-squares.ts';
import { selectCells, sortedPresent } from '../samples/row-samples.ts';
import type { NumericCells } from '../samples/row-samples.ts';
import { FAULT_ALPHA, MIN_FAULT_SHARE } from '../thresholds.ts';
import { asPercent } from '../wording.ts';
import { fisherZ } from './rows/fisher.ts';
import { suspicion } from './suspicion.ts';
import type { Suspicion } from './suspicion.ts';

const MAX_COLUMNS = 60;
/** Rows of equal values, and different ones among these, or two codes would be equal now and then. */
const MIN_ROWS = 30;
const MIN_DISTINCT = 8;
/** Times as often as before. */
const OFTENER = 5;
/** In those rows the values are not the column's own (KS distance), by more than they are not the other's. */
const STRANGE = 0.1;
const TIMES_STRANGER = 2;
/** The two had not much to do with each other, or a price is the list's once a rebate ends; and neither was the limit of the other, as seats are. */
const MOST_TOGETHER = 0.7;
/** What is limited goes with its limit; a pulse lies below a blood pressure and is not limited by it. */
const LEAST_OF_LIMIT = 0.1;
/** What tells the two apart: how differently another column goes with them, in Fisher's z. */
const MIN_TELLING = 0.25;
const STRAYED_P = 1e-6;
const TIMES_FARTHER = 4;
const ORDERED = 0.97;

/**
 * A column that holds another one's values in some of the rows.
 *
 * In at least 2 % of them (30, with eight different values) the two are equal, five times as often as in the reference (Fisher's exact test below 1e-4 over
 * all pairs), though they had little to do with each other (|r| ≤ 0.7) and neither was always the larger (but for |r| ≤ 0.1). Accused is the one whose values there are farther from its own
 * reference (0.1, and twice as far), or, where both are of like values, the one whose correlations with others are not its own there (p < 1e-6) and are the other's
 * (a quarter as far). O(columns² · rows), at most 60 columns.
 */
export function copiedColumns(columns: readonly NumericCells[], features: number): Suspicion[] {
  const some = columns.slice(0, MAX_COLUMNS);
  const found = new Map<string, Suspicion>();
  for (const [at, a] of some.entries()) {
    for (const b of some.slice(at + 1)) {
      const least = Math.max(MIN_ROWS, MIN_FAULT_SHARE * a.current.length);
      if (equalCells(a.current, b.current) < least) continue;
      // Both may be nothing at once: of a calm and dry day neither wind nor rain.
      const now = withoutCommonest(a.current, equalRows(a.current, b.current));
      const equal = now.rows.length;
      if (equal < least) continue;
      const before = equalCells(a.reference, b.reference, now.commonest);
      const [share, was] = [equal / a.current.length, before / a.reference.length];
      if (share <= OFTENER * was) continue;
      const together = Math.abs(correlationOfKnown(a.reference, b.reference));
      if (together > MOST_TOGETHER || (together > LEAST_OF_LIMIT && isOrdered(a, b))) continue;
      const p = fisherExactTest(before, a.reference.length, equal, a.current.length);
      if (p >= FAULT_ALPHA / features ** 2 || new Set(selectCells(a.current, now.rows)).size < MIN_DISTINCT)
        continue;
      const strangeness = (pair: NumericCells): number =>
        ksStatisticSorted(
          sortedPresent(pair.reference.filter((value) => value !== now.commonest)),
          sortedPresent(selectCells(pair.current, now.rows)),
        );
      const [ofA, ofB] = [strangeness(a), strangeness(b)];
      const [far, near] = [Math.max(ofA, ofB), Math.min(ofA, ofB)];
      const byValues = far >= STRANGE && far >= TIMES_STRANGER * near;
      const copy = byValues ? (ofA > ofB ? a : b) : strayed(a, b, now.rows, columns);
      if (copy === null || found.has(copy.name)) continue;
      const original = copy === a ? b : a;
      const why = byValues
        ? `there its values are not what ${copy.name} ever was (distance ${far.toFixed(2)}), and those of ${original.name} are`
        : `there its values go with others as those of ${original.name} do, and not as ${copy.name} ever did`;
      found.set(
        copy.name,
        suspicion('misaligned_join', copy.name, {
          detail: `in ${asPercent(share)} of the rows it is ${original.name}, before in ${asPercent(was)}; ${why}`,
          share,
          statistic: share - was,
          p,
          doubt: p,
        }),
      );
    }
  }
  return [...found.values()];
}

/** Which of both goes with the others as the other one does, in rows where they are the same; null where that cannot be told. */
function strayed(
  a: NumericCells,
  b: NumericCells,
  rows: Int32Array,
  columns: readonly NumericCells[],
): NumericCells | null {
  let [ofA, ofB, witnesses] = [0, 0, 0];
  for (const other of columns) {
    if (other === a || other === b) continue;
    const [withA, withB] = [a, b].map(({ reference }) =>
      fisherZ(correlationOfKnown(reference, other.reference)),
    );
    if (Math.abs(withA! - withB!) < MIN_TELLING) continue;
    const [values, others] = [selectCells(a.current, rows), selectCells(other.current, rows)];
    const known = values.filter((value, i) => !Number.isNaN(value) && !Number.isNaN(others[i]!)).length;
    if (known < MIN_ROWS) continue;
    const now = fisherZ(correlationOfKnown(values, others));
    witnesses += 1;
    ofA += (known - 3) * (now - withA!) ** 2;
    ofB += (known - 3) * (now - withB!) ** 2;
  }
  if (witnesses === 0 || chiSquareSurvival(Math.max(ofA, ofB), witnesses) >= STRAYED_P) return null;
  if (ofA >= TIMES_FARTHER * ofB) return a;
  return ofB >= TIMES_FARTHER * ofA ? b : null;
}

/** Whether one of both is, but for a few rows, never above the other. */
function isOrdered({ reference: a }: NumericCells, { reference: b }: NumericCells): boolean {
  let [above, below, known] = [0, 0, 0];
  for (let row = 0; row < a.length; row++) {
    if (Number.isNaN(a[row]!) || Number.isNaN(b[row]!)) continue;
    known += 1;
    if (a[row]! >= b[row]!) above += 1;
    if (a[row]! <= b[row]!) below += 1;
  }
  return Math.max(above, below) >= ORDERED * known;
}

/** How many rows hold the same in both, and not `but`: asked of every pair, so nothing is made of it. */
function equalCells(a: Float64Array, b: Float64Array, but = Number.NaN): number {
  let equal = 0;
  for (let row = 0; row < a.length; row++) if (a[row] === b[row] && a[row] !== but) equal += 1;
  return equal;
}

/** Rows but for those of the value that most of them have. */
function withoutCommonest(
  values: Float64Array,
  rows: Int32Array,
): { readonly rows: Int32Array; readonly commonest: number } {
  const counts = new Map<number, number>();
  // Nothing is nothing with either sign.
  for (const row of rows) counts.set(values[row]! + 0, (counts.get(values[row]! + 0) ?? 0) + 1);
  const [commonest] = [...counts].reduce((most, one) => (one[1] > most[1] ? one : most), [Number.NaN, 0]);
  return { rows: rows.filter((row) => values[row] !== commonest), commonest };
}

function equalRows(a: Float64Array, b: Float64Array): Int32Array {
  const rows = new Int32Array(a.length);
  let equal = 0;
  for (let row = 0; row < a.length; row += 1) if (a[row] === b[row]) rows[equal++] = row;
  return rows.slice(0, equal);
}
