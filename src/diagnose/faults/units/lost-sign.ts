import { quantileReached } from '../../../stats/quantiles.ts';
import { robustScaleSorted } from '../../../stats/distances/robust-scale.ts';
import { binomialUpperTail } from '../../../stats/significance/binomial-tail.ts';
import { ksPValue, ksStatisticSorted } from '../../../stats/significance/ks.ts';
import { decileEdges } from '../../marginal-test.ts';
import { correlationOfKnown } from '../../relation/algebra/least-squares.ts';
import { selectCells, sortedPresent } from '../../samples/row-samples.ts';
import type { ColumnCells, NumericCells } from '../../samples/row-samples.ts';
import { FAULT_ALPHA, sameDistance } from '../../thresholds.ts';
import { asPercent, listNames } from '../../wording.ts';
import { companyLine } from '../company-line.ts';
import { hasDistinct } from '../sorted-pair.ts';
import { distanceWithin } from '../resolution.ts';
import { suspicion } from '../suspicion.ts';
import type { Suspicion } from '../suspicion.ts';

const MIN_ROWS = 50;
/** Of the reference's values, on the rarer side. */
const MIN_SIDE = 0.05;
const MIN_NEARER = 3;
/** What another column has to do with this one, or it says nothing of who came. */
const MIN_TOGETHER = 0.25;
const MANY_ROWS = 200;

/**
 * A sign that got lost: all values are above zero, or below, and without their signs they are what they were.
 *
 * That only rows above zero came is refuted where values of these would be others (distance three times as large), or where another column (|r| ≥ 0.25) that would
 * have followed them (p < 1e-4) did not, by two thirds. So it is where rows come from an hour, or another column's tenth or level, in which 95 % of the values had the lost sign, and three times as many as those of the
 * kept one ever were; and, in any weather, where a line through the other numbers (R² ≥ 0.25) says of twenty rows, and three times as
 * many as ever, that they lie two robust standard deviations beyond zero, and with the sign taken back they are as near to it as rows always were. A reading elsewhere. Null where the reference has less than a twentieth on the rarer side. O(columns · n log n).
 */
export function lostSign(
  pair: NumericCells,
  columns: readonly ColumnCells[],
  features: number,
  calendar: readonly ColumnCells[] = [],
): Suspicion | null {
  const [reference, current] = [sortedPresent(pair.reference), sortedPresent(pair.current)];
  if (Math.min(reference.length, current.length) < MIN_ROWS) return null;
  const sign = current[0]! >= 0 ? 1 : current.at(-1)! <= 0 ? -1 : 0;
  // Of most columns there is nothing to count.
  if (sign === 0) return null;
  const gone = reference.filter((value) => value * sign < 0).length / reference.length;
  const kept = reference.filter((value) => value * sign > 0);
  if (gone < MIN_SIDE || kept.length < Math.max(MIN_ROWS, MIN_SIDE * reference.length)) return null;
  const p = (1 - gone) ** current.length;
  if (p >= FAULT_ALPHA / features) return null;
  const sizes = current.map(Math.abs).sort();
  const distance = distanceWithin(sizes, reference.map(Math.abs).sort(), 0);
  const isAsEver = distance <= sameDistance(reference.length, current.length);
  const ofKept = distanceWithin(sizes, kept.map(Math.abs).sort(), 0);
  const isOther =
    isAsEver &&
    ofKept >= MIN_NEARER * distance &&
    ksPValue(ofKept, kept.length, current.length) < FAULT_ALPHA / features;
  const witness = isOther || !isAsEver ? null : notFollowing(pair, sign, columns);
  const isRefuted = isOther || witness !== null;
  const alpha = FAULT_ALPHA / features;
  const company = isRefuted
    ? null
    : (rowsOfLostSign(pair, sign, columns, alpha) ??
      cellsOfLostSign(pair, sign, [...columns, ...calendar], alpha));
  if (company === null && !isAsEver) return null;
  const [lost, left] = sign > 0 ? ['below', 'above'] : ['above', 'below'];
  const why = isOther
    ? `values of rows ${left} zero were others (distance ${ofKept.toFixed(3)})`
    : witness !== null
      ? `of such rows ${witness} would be another, and it is not`
      : company !== null
        ? `in ${company.rows} rows ${listNames(company.names)} ${company.names.length === 1 ? 'says' : 'say'} that it was, and of as much`
        : 'so may rows of one sign';
  const same = isAsEver
    ? `; without their signs they are what they were (distance ${distance.toFixed(3)})`
    : '';
  return suspicion('sign_flip', pair.name, {
    detail: `no value is ${lost} zero, of ${asPercent(gone)}${same}: ${why}`,
    share: gone,
    statistic: gone,
    p,
    doubt: 0,
    ...(!isRefuted && company === null && { otherwise: `only rows with ${pair.name} ${left} zero came` }),
  });
}

/** Robust standard deviations beyond zero from which what the others say of a row leaves no doubt of its sign. */
const CERTAIN = 2;
const LEAST_EXPLAINED = 0.25;
const LEAST_ROWS = 20;
const OFTENER = 3;
/** Values with their sign again lie as close to what the others say as they always did. */
const AS_NARROW = 1.6;

/**
 * Rows that the other columns say lie clearly beyond zero, and do with their sign taken back, though in any weather: null where there are hardly more of them
 * than rows of the kept sign always had, which were chosen then.
 */
function rowsOfLostSign(
  pair: NumericCells,
  sign: number,
  columns: readonly ColumnCells[],
  alpha: number,
): { readonly names: readonly string[]; readonly rows: number } | null {
  const line = companyLine(
    pair,
    columns.filter((column) => column.kind === 'numeric'),
  );
  if (line === null || line.explained < LEAST_EXPLAINED) return null;
  const left = sortedPresent(pair.reference.map((value, row) => value - line.reference[row]!));
  const spread = robustScaleSorted(left);
  const isBeyond = (said: number): boolean => sign * said < -CERTAIN * spread;
  const counted = (cells: Float64Array, says: Float64Array): { rows: number[]; all: number } => {
    const known = [...cells.keys()].filter((row) => sign * cells[row]! >= 0 && !Number.isNaN(says[row]!));
    return { rows: known.filter((row) => isBeyond(says[row]!)), all: known.length };
  };
  const [before, now] = [counted(pair.reference, line.reference), counted(pair.current, line.current)];
  const here = { rows: now.rows.length, all: now.all };
  if (!areFarMore(here, { rows: before.rows.length, all: before.all }, alpha)) return null;
  const restored = Float64Array.from(now.rows, (row) => -pair.current[row]! - line.current[row]!).sort();
  const isNear = Math.abs(quantileReached(restored, 0.5) - quantileReached(left, 0.5)) <= spread;
  return isNear && robustScaleSorted(restored) <= AS_NARROW * spread
    ? { names: line.names, rows: now.rows.length }
    : null;
}

interface Counted {
  readonly rows: number;
  readonly all: number;
}

/** Three times as many as rows of the kept sign ever had, twenty at least, and beyond chance. */
function areFarMore(now: Counted, ever: Counted, alpha: number): boolean {
  const chance = (ever.rows + 3) / Math.max(1, ever.all);
  if (now.rows < Math.max(LEAST_ROWS, OFTENER * chance * now.all)) return false;
  return binomialUpperTail(now.rows, now.all, chance) < alpha;
}

/** Of the reference's values in a tenth of another column, or in one of its levels, nearly all had the lost sign. */
const NEARLY_ALL = 0.95;
const LEAST_IN_CELL = 30;
/** In other weather sizes are others, and none is what none ever was. */
const OUTERMOST = 0.005;
const MOST_WITHIN = 0.9;
const MOST_VALUES = 60;

/**
 * Rows of an hour, or of another's tenth or level, in which hardly any value had the kept sign, though those with it hardly ever came from there; with the sign
 * taken back they lie among those that did. Null where no column has such cells.
 */
function cellsOfLostSign(
  pair: NumericCells,
  sign: number,
  columns: readonly ColumnCells[],
  alpha: number,
): { readonly names: readonly string[]; readonly rows: number } | null {
  const rowsWith = (cells: Float64Array, test: (value: number) => boolean): Int32Array =>
    Int32Array.from(cells.keys()).filter((row) => test(cells[row]!));
  const known = rowsWith(pair.reference, (value) => !Number.isNaN(value));
  const kept = rowsWith(pair.reference, (value) => value * sign > 0);
  const now = rowsWith(pair.current, (value) => value * sign > 0);
  for (const other of columns) {
    if (other.name === pair.name) continue;
    const cell = cellsOfColumn(other);
    const all = countsOf(known, cell.reference);
    const ofKept = countsOf(kept, cell.reference);
    const isOfLost = (at: number): boolean =>
      (all.get(at) ?? 0) >= LEAST_IN_CELL && (ofKept.get(at) ?? 0) <= (1 - NEARLY_ALL) * all.get(at)!;
    const inLost = (rows: Int32Array, side: 'reference' | 'current'): Int32Array =>
      rows.filter((row) => isOfLost(cell[side](row)));
    const [before, found] = [inLost(kept, 'reference'), inLost(now, 'current')];
    const ever = { rows: before.length, all: kept.length };
    if (!areFarMore({ rows: found.length, all: now.length }, ever, alpha / columns.length)) continue;
    const restored = sortedPresent(selectCells(pair.current, found).map((value) => -value));
    const were = sortedPresent(selectCells(pair.reference, inLost(known, 'reference')));
    const [least, most] = [quantileReached(were, OUTERMOST), quantileReached(were, 1 - OUTERMOST)];
    const within = restored.filter((value) => value >= least && value <= most).length;
    if (within >= MOST_WITHIN * restored.length) return { names: [other.name], rows: found.length };
  }
  return null;
}

/** Of each row its tenth, or its level; −1 without. */
function cellsOfColumn(other: ColumnCells): Record<'reference' | 'current', (row: number) => number> {
  if (other.kind === 'levels')
    return { reference: (row) => other.reference[row]!, current: (row) => other.current[row]! };
  const sorted = sortedPresent(other.reference);
  // Hours, weekdays and months are cells of their own.
  const edges = hasDistinct(sorted, MOST_VALUES + 1) ? decileEdges(sorted) : [...new Set(sorted)];
  const placeOf = (value: number): number => {
    if (Number.isNaN(value)) return -1;
    const at = edges.findIndex((edge) => value <= edge);
    return at < 0 ? edges.length : at;
  };
  return {
    reference: (row) => placeOf(other.reference[row]!),
    current: (row) => placeOf(other.current[row]!),
  };
}

function countsOf(rows: Int32Array, cellOf: (row: number) => number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const row of rows) {
    const at = cellOf(row);
    if (at >= 0) counts.set(at, (counts.get(at) ?? 0) + 1);
  }
  return counts;
}

/** A column that would have followed if only rows of this sign had come, and is as it was. */
function notFollowing(pair: NumericCells, sign: number, columns: readonly ColumnCells[]): string | null {
  const rows = Int32Array.from(pair.reference.keys()).filter((row) => pair.reference[row]! * sign > 0);
  for (const other of columns) {
    if (other.kind !== 'numeric' || other.name === pair.name) continue;
    if (Math.abs(correlationOfKnown(pair.reference, other.reference)) < MIN_TOGETHER) continue;
    const [all, chosen] = [sortedPresent(other.reference), sortedPresent(selectCells(other.reference, rows))];
    const now = sortedPresent(other.current);
    if (Math.min(chosen.length, now.length) < MANY_ROWS) continue;
    const followed = ksStatisticSorted(chosen, now);
    if (ksPValue(followed, chosen.length, now.length) >= FAULT_ALPHA) continue;
    if (followed >= MIN_NEARER * ksStatisticSorted(all, now)) return other.name;
  }
  return null;
}
