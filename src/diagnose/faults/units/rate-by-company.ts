import { keptWith } from '../../../core/memory/remember.ts';
import { quantileReached } from '../../../stats/quantiles.ts';
import { fisherExactTest } from '../../../stats/significance/fisher-exact.ts';
import { drawOfAll } from '../../samples/picks.ts';
import { selectCells } from '../../samples/row-samples.ts';
import type { ColumnCells, NumericCells } from '../../samples/row-samples.ts';
import { FAULT_ALPHA, MIN_FAULT_SHARE } from '../../thresholds.ts';
import { asPercent, listNames } from '../../wording.ts';
import { companyLine } from '../company-line.ts';
import type { BothSides, CompanyLine } from '../company-line.ts';
import { suspicion } from '../suspicion.ts';
import type { Suspicion } from '../suspicion.ts';

const MAX_COLUMNS = 30;
const MAX_ROWS = 5_000;
const MIN_ROWS = 200;
const MIN_POSITIVE = 0.95;
/** Share of the spread of ln x that the others must explain. */
const MIN_EXPLAINED = 0.5;
/** In robust standard deviations of what they leave open, and at least twofold. */
const FAR = 6;
const LEAST_RATE = 2;
const CLAIMED_RATE = 9.5;
const MIN_FAR_ROWS = 15;
/** Far rows must be as close together as rows always were. */
const AS_NARROW = 1.6;
/** From here on, in robust standard deviations, rows lie between; and so many more than ever, as a part of the far ones, at most. */
const NEAR = 3;
const MOST_BETWEEN = 0.5;
/** The reference may have had this part of them. */
const MOST_BEFORE = 0.1;
/** x left its place, and not a witness: its far rows moved by at least this part of the rate. */
const MOST_OF_RATE = 0.5;

/**
 * Some rows' values, or all, are one and the same factor beside what the other columns say of them: another unit or currency there, since larger
 * amounts would have taken the others along.
 *
 * ln x is explained by the logarithms of the six columns that go with it most in the reference (R² ≥ 0.5, linearly). Accused are at
 * least 2 % of the rows that lie six robust standard deviations, and twofold, off to one side, as closely together as rows always lay
 * (robust spread at most 1.6 times) and with hardly any on the way there, by Fisher's exact test below 1e-4 over the columns, where it is x that left its place. Claimed from
 * a factor of ten on; less, in a part of the rows, may be an offer, or something else that is not logged. O(columns² · rows) for at most 30 columns and 5,000 rows.
 */
export function rateByCompany(columns: readonly ColumnCells[], features: number): Suspicion[] {
  const logs = columns.flatMap((pair) => (pair.kind === 'numeric' ? (logsOf(pair) ?? []) : []));
  const some = logs.slice(0, MAX_COLUMNS);
  return some.flatMap((x) => {
    const line = lineOf(x, some);
    return line === null || line.explained < MIN_EXPLAINED ? [] : (rateBeside(x, line, features) ?? []);
  });
}

/** NaN where there is no positive value. */
type Logs = BothSides;

function logsOf(pair: NumericCells): Logs | null {
  const reference = logs(pair.reference);
  const current = reference && logs(pair.current);
  return reference && current && { name: pair.name, reference, current };
}

/** Null where nearly all would have to be positive, and are not. Of a reference the same for every window: 40 kB a column. */
const logs = keptWith((values: Float64Array): Float64Array | null => {
  const some = selectCells(values, drawOfAll(values.length, MAX_ROWS));
  const positive = some.reduce((sum, value) => (value > 0 ? sum + 1 : sum), 0);
  if (positive < MIN_ROWS || positive < MIN_POSITIVE * some.length) return null;
  return some.map((value) => (value > 0 ? Math.log(value) : Number.NaN));
});

/** ln x as the columns that go with it most have it, in the reference. */
function lineOf(x: Logs, others: readonly Logs[]): CompanyLine | null {
  const line = companyLine(x, others);
  if (line === null) return null;
  const isKnown = (value: number, row: number): boolean =>
    !Number.isNaN(value) && !Number.isNaN(line.reference[row]!);
  return x.reference.filter(isKnown).length < MIN_ROWS ? null : line;
}

function rateBeside(x: Logs, line: CompanyLine, features: number): Suspicion | null {
  const left = (side: 'reference' | 'current'): Float64Array =>
    x[side].map((value, row) => value - line[side][row]!);
  const [known, now] = [sorted(left('reference')), left('current')];
  const [middle, spread] = [quantileReached(known, 0.5), spreadOf(known)];
  const off = Math.max(FAR * spread, Math.log(LEAST_RATE));
  for (const sign of [1, -1]) {
    const isFar = (value: number): boolean => sign * (value - middle) > off;
    const rows = Int32Array.from(now.keys()).filter((row) => isFar(now[row]!));
    const all = sorted(now).length;
    const share = rows.length / all;
    if (rows.length < MIN_FAR_ROWS || share < MIN_FAULT_SHARE) continue;
    const earlier = known.filter(isFar).length;
    if (earlier / known.length > MOST_BEFORE * share) continue;
    const p = fisherExactTest(earlier, known.length, rows.length, all);
    if (p >= FAULT_ALPHA / (2 * features)) continue;
    // A column that only spreads more has rows everywhere on the way there.
    const isBetween = (value: number): boolean => sign * (value - middle) > NEAR * spread && !isFar(value);
    const between = now.filter(isBetween).length / all - known.filter(isBetween).length / known.length;
    if (between > MOST_BETWEEN * share) continue;
    const far = sorted(Float64Array.from(rows, (row) => now[row]!));
    if (spreadOf(far) > AS_NARROW * spread) continue;
    const rate = quantileReached(far, 0.5) - middle;
    const own = quantileReached(sorted(Float64Array.from(rows, (row) => x.current[row]!)), 0.5);
    if ((own - quantileReached(sorted(x.reference), 0.5)) / rate < MOST_OF_RATE) continue;
    const names = listNames(line.names);
    const isClaimed = Math.abs(rate) >= Math.log(CLAIMED_RATE);
    // All rows of another size beside the others: prices rise, and nothing but a unit tenfold within a window.
    if (share > 1 - MIN_FAULT_SHARE && !isClaimed) continue;
    const told = `${asPercent(share)} of the values are ${Math.exp(rate).toPrecision(3)} times what ${names} say of them, as closely as values always were`;
    return suspicion('unit_change', x.name, {
      detail: isClaimed ? `${told}: larger amounts would have taken these along` : told,
      share,
      statistic: Math.abs(rate) / Math.max(spread, 1e-9),
      p,
      doubt: isClaimed ? p : 1,
      ...(!isClaimed && { otherwise: `something that no column holds multiplies ${x.name} in those rows` }),
    });
  }
  return null;
}

function sorted(values: Float64Array): Float64Array {
  return values.filter((value) => !Number.isNaN(value)).sort();
}

function spreadOf(values: Float64Array): number {
  return (quantileReached(values, 0.75) - quantileReached(values, 0.25)) / 1.349;
}
