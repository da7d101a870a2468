import { once, smallKeptWith } from '../../../core/memory/remember.ts';
import { binomialUpperTail } from '../../../stats/significance/binomial-tail.ts';
import { rowsInTime } from '../../../stats/habits/column-habits.ts';
import type { WindowMeasurements } from '../../input.ts';
import { allRows, drawOfAll } from '../../samples/picks.ts';
import { sortedPresent } from '../../samples/row-samples.ts';
import type { ColumnCells, RowSamples } from '../../samples/row-samples.ts';
import { FAULT_ALPHA, MIN_FAULT_SHARE } from '../../thresholds.ts';
import { asPercent } from '../../wording.ts';
import { cellHashes, firstOfEach, summed, twinsAmong, withoutColumn } from './row-twins.ts';
import type { RowHashes, Twins } from './row-twins.ts';
import { suspicion } from '../suspicion.ts';
import type { Suspicion } from '../suspicion.ts';

/** What a finding about whole rows names instead of a column. */
export const ROWS = 'rows';

const MIN_ROWS = 100;
const MIN_TWINS = 10;
/** A column nearly every row of which has a value of its own makes equal rows impossible by chance. */
const FINE_SHARE = 0.2;
/** An identifier tells every log line from every other: it says nothing of whether the rows are the same. */
const IDENTIFIER_SHARE = 0.99;
/** Beyond what the reference did. */
const UNPRECEDENTED = 3;
/** From this share of the window on nobody asks for the same thing that often by himself. */
const CLAIMED_SHARE = 0.1;
const MAX_LEFT_OUT = 60;
/** Stretches of the reference begin at every half of their length. */
const STEPS = 2;

/**
 * Rows that were logged more than once: exact twins in every column, or in all but one (a join that fanned out).
 *
 * Two rows are the same by chance where columns are coarse and few (nothing is said then), so the reference's twins are counted in as many rows as the
 * window's, and in its own stretches of time; and where a column is fine (a fifth of its values are different ones) by habit: group bookings,
 * clients that ask again. Of a sample in which each row is with chance f, a row's one twin is seen with chance f, so twins by habit
 * are f_current/f_reference times as visible. Claimed when the rows with a twin exceed three times the larger of both beyond chance
 * (binomial, p < 1e-4 over the columns) and make up a tenth of the window; below that it is a reading.
 */
export function duplicatedRows(
  samples: RowSamples,
  { reference, current }: Pick<WindowMeasurements, 'reference' | 'current'>,
  labelledRows: number,
): Suspicion | null {
  const columns = samples.features.filter((pair) => !isIdentifier(pair));
  const { rows } = samples;
  if (Math.min(rows.reference, rows.current) < MIN_ROWS || columns.length < 2) return null;
  const fine = columns.filter(isFine);
  const visible = visibility(samples, {
    reference: reference.rows,
    current: current.rows,
    labelled: labelledRows,
  });
  const all: SideHashes = {
    reference: once(() => summed(hashesOf(columns, 'reference'), rows.reference)),
    current: summed(hashesOf(columns, 'current'), rows.current),
  };
  if (fine.length === 0 && hasTwins(all.reference(), rows.reference)) return null;
  const tried = Math.min(columns.length, MAX_LEFT_OUT) + 1;
  const whole = judged(all, samples, visible, tried);
  // A join with several partners leaves twins in all columns but one, and some of them are the same in that one, too.
  if (whole !== null && whole.share >= CLAIMED_SHARE) return suspicionOf(whole, null);
  let best: { found: Repeats; name: string } | null = null;
  for (const [at, pair] of columns.slice(0, MAX_LEFT_OUT).entries()) {
    if (fine.length === 1 && fine[0] === pair) continue;
    const rest: SideHashes = {
      reference: once(() => withoutColumn(all.reference(), cellHashes(pair, 'reference', at))),
      current: withoutColumn(all.current, cellHashes(pair, 'current', at)),
    };
    const found = judged(rest, samples, visible, tried);
    if (found !== null && (best === null || found.share > best.found.share))
      best = { found, name: pair.name };
  }
  if (best !== null && (whole === null || best.found.share > whole.share))
    return suspicionOf(best.found, best.name);
  return whole && suspicionOf(whole, null);
}

/** Current rows without those that repeat an earlier one in every column. */
export function distinctRows(samples: RowSamples): Int32Array {
  const columns = samples.features.filter((pair) => !isIdentifier(pair));
  return firstOfEach(summed(hashesOf(columns, 'current'), samples.rows.current));
}

/** The reference's are asked for only where the window has twins. */
interface SideHashes {
  reference(): RowHashes;
  readonly current: RowHashes;
}

function* hashesOf(columns: readonly ColumnCells[], side: 'reference' | 'current'): Generator<RowHashes> {
  for (const [at, pair] of columns.entries()) yield cellHashes(pair, side, at);
}

const distinctShareOf = smallKeptWith(
  (values: Float64Array | Int32Array) => distinctIn(values) / Math.max(1, values.length),
);

/** What is missing is one value, too. */
function distinctIn(values: Float64Array | Int32Array): number {
  if (values instanceof Int32Array) return new Set(values).size;
  const sorted = sortedPresent(values);
  let distinct = sorted.length < values.length ? 1 : 0;
  for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) distinct += 1;
  return distinct;
}

function distinctShare({ reference }: ColumnCells): number {
  return distinctShareOf(reference);
}

function isIdentifier(pair: ColumnCells): boolean {
  return pair.kind === 'levels' && distinctShare(pair) >= IDENTIFIER_SHARE;
}

/** More than one row in a hundred. */
function hasTwins(hashes: RowHashes, rows: number): boolean {
  return twinsAmong(hashes, allRows(rows)).repeated > rows / 100;
}

function isFine(pair: ColumnCells): boolean {
  return distinctShare(pair) >= FINE_SHARE;
}

interface Visibility {
  readonly current: number;
  /** The chance that the sample has a row's twin, current over reference. */
  readonly ratio: number;
  /** Reference rows of the sample that are as many rows of the reference as the window has. */
  readonly stretchRows: number;
}

function visibility(
  { rows }: RowSamples,
  all: { readonly reference: number; readonly current: number; readonly labelled: number },
): Visibility {
  const shareOf = (some: number, of: number): number => Math.min(1, some / Math.max(1, some, of));
  // A sample may hold labelled rows first: of those it has more than its share.
  const labelled = all.labelled > 0 ? shareOf(Math.min(rows.current, all.labelled), all.labelled) : 0;
  const current = Math.max(shareOf(rows.current, all.current), labelled);
  const reference = shareOf(rows.reference, all.reference);
  return { current, ratio: current / reference, stretchRows: Math.round(all.current * reference) };
}

interface Repeats {
  /** Of the window's rows that have a twin in it, an estimate. */
  readonly share: number;
  readonly twins: Twins;
  readonly bound: number;
  readonly p: number;
}

function judged(hashes: SideHashes, samples: RowSamples, visible: Visibility, tried: number): Repeats | null {
  const { reference, current } = samples.rows;
  const twins = twinsAmong(hashes.current, allRows(current));
  if (twins.repeated < MIN_TWINS || twins.repeated < MIN_FAULT_SHARE * visible.current * current) return null;
  const before = hashes.reference();
  const asMany = twinsAmong(before, drawOfAll(reference, Math.min(reference, current)));
  const habit = Math.max(
    upperShare(twinsAmong(before, allRows(reference))),
    ...stretchShares(before, samples, visible.stretchRows),
  );
  const bound = Math.min(1, Math.max(upperShare(asMany), habit * visible.ratio));
  const seen = twins.repeated / twins.rows;
  // Twins come together: groups are what happened independently.
  const perGroup = twins.repeated / Math.max(1, twins.groups);
  const p = Math.min(1, tried * binomialUpperTail(twins.groups, Math.ceil(current / perGroup), bound));
  const share = Math.min(1, Math.max(0, (seen - bound) / (1 - bound)) / visible.current);
  if (!(seen >= UNPRECEDENTED * bound) || p >= FAULT_ALPHA || share < MIN_FAULT_SHARE) return null;
  return { share, twins, bound, p };
}

/** With no twin seen there may still be three in so many rows. */
function upperShare({ repeated, rows }: Twins): number {
  return Math.min(1, (repeated + 3 + 2 * Math.sqrt(repeated)) / Math.max(1, rows));
}

/** Twins in stretches of the reference as long as the window, in order of time. */
function stretchShares(hashes: RowHashes, { referenceMs }: RowSamples, rows: number): number[] {
  const inTime = rowsInTime(referenceMs, null, null);
  if (inTime === null || rows < MIN_ROWS || 2 * rows > inTime.length) return [];
  const shares: number[] = [];
  for (let from = 0; from + rows <= inTime.length; from += Math.max(1, Math.floor(rows / STEPS))) {
    const { repeated } = twinsAmong(hashes, inTime.slice(from, from + rows));
    shares.push(repeated / rows);
  }
  return shares;
}

function suspicionOf({ share, twins, bound, p }: Repeats, except: string | null): Suspicion {
  const isClaimed = share >= CLAIMED_SHARE;
  const same = except === null ? 'in every column' : `in every column but ${except}`;
  const told = `about ${asPercent(share)} of the rows are there more than once, the same ${same} (${twins.groups.toLocaleString('en')} such rows among ${twins.rows.toLocaleString('en')} looked at)`;
  const refused = `; as often as this no stretch of the reference had them (at most ${asPercent(bound)} would have been seen), and rows of so many values do not repeat by chance`;
  return suspicion('duplicated_rows', ROWS, {
    detail: isClaimed ? told + refused : told,
    share,
    statistic: twins.repeated / twins.rows,
    p,
    doubt: isClaimed ? p : 1,
    ...(!isClaimed && { otherwise: 'the same is asked for more often than before' }),
  });
}
