import { rowsInTime } from '../../../stats/habits/column-habits.ts';
import { followsItself } from '../units/wanders.ts';
import { keptWith } from '../../../core/memory/remember.ts';
import { normalTwoSided } from '../../../stats/distributions.ts';
import { quantileReached } from '../../../stats/quantiles.ts';
import { rowsAlike } from '../../samples/rows-alike.ts';
import { explainedBy, leastSquares } from '../../relation/algebra/least-squares.ts';
import { MIN_EXPLAINED, witnessesOf } from './chosen-witnesses.ts';
import { closenessAmong, type Closeness } from './closeness.ts';
import { drawOfAll } from '../../samples/picks.ts';
import { stretchesOfLength, timesSpanOf } from '../../samples/stretches.ts';
import { selectCells, sortedPresent } from '../../samples/row-samples.ts';
import type { ColumnCells, NumericCells, RowSamples } from '../../samples/row-samples.ts';
import { FAULT_ALPHA, SAME_P } from '../../thresholds.ts';
import { listNames } from '../../wording.ts';
import { suspicion } from '../suspicion.ts';
import type { Suspicion } from '../suspicion.ts';

const MIN_ROWS = 200;
/** The spread beside what the other columns explain must be larger by this. */
const MIN_WIDER = 1.25;
/** Of what the spread around the witnesses grew by, their own may have grown this part. */
const MAX_WITNESS_GROWTH = 0.3;
/** A copy of other columns: around these no world makes it spread twice as much. */
const COPY = 0.9;
const MUCH_WIDER = 2;
/** Beside the others without one of them, noise that would make it so much wider is seen. */
const MIN_SEEN = 1.5;
/** Its slope is known to the sixth digit: of what the spread around it grew by, so much is no slope. */
const MOST_OF_GROWTH = 0.02;
/** Of the spread now, one of a stretch of the reference that is a precedent: prices of two markets part now and then. */
const PRECEDENT = 0.5;
const IQR_OF_NORMAL = 1.349;
/** Standard errors: 1 in 1,000. */
const CERTAIN = 3.3;
/** Of a robust standard deviation by quartiles, relative, times √rows. */
const QUARTILE_ERROR = 1.17;

/**
 * Columns whose spread around what the other columns explain grew, while the explained part stayed: a sensor that turned noisy, or
 * something new that moves the column and nothing else. The rows do not tell which, so it is a reading, unless the column was a copy of the
 * others (R² ≥ 0.9) and spreads twice as much around them, and in no stretch of the reference as long half as much, each row by itself.
 *
 * Each column is explained by the eight witnesses that together say most, linearly, on the reference (R² ≥ 0.3); a window is held against rows of which these say the same. Noise leaves the slope on that
 * explanation at 1; a column that became wider as a whole has a slope as much larger, and one whose *witness* became noisy a
 * smaller one: both are refused at 3.3 standard errors, of a copy from a fiftieth of what its spread grew by. Where two columns were all but each other, each is a reading; where the rest, without the other one, say that one of them spreads as it did, only the other. So is one of which there are more rows of a kind that always spread more. The wider spread (quartiles, at least × 1.25) is tested below 1e-4 over columns.
 */
export function noisyColumns(
  columns: readonly ColumnCells[],
  features: number,
  times: Pick<RowSamples, 'referenceMs' | 'currentMs'> = { referenceMs: null, currentMs: null },
): Suspicion[] {
  const numeric = columns.filter((pair): pair is NumericCells => pair.kind === 'numeric');
  const scaled = numeric.flatMap((pair) => scaledPair(pair) ?? []);
  const known = {
    all: scaled,
    closeness: closenessAmong(
      scaled.map(({ reference }) => reference),
      scaledDraw,
    ),
  };
  const seen = scaled.flatMap((pair) => noisy(pair, known, features, times) ?? []);
  const isOf = (one: Noisy, other: Noisy): boolean => one !== other && isQuietWithout(one, other, known);
  const found = seen.filter((one) => !seen.some((other) => isOf(one, other) && !isOf(other, one)));
  return found.map(({ said, closest }) => {
    // Two that say the same of each other, and nobody else as closely: they have parted, and which of them it was is not known.
    const other = found.find((one) => one.said.finding.feature === closest);
    const isMutual = other?.closest === said.finding.feature && said.otherwise === undefined;
    return isMutual ? { ...said, doubt: 1, otherwise: `it is ${closest} that became noisy` } : said;
  });
}

interface Scaled {
  readonly name: string;
  /** Not scaled: what is made of the reference is kept with its own values, and scaled again where it must be. */
  readonly reference: Float64Array;
  readonly current: Float64Array;
}

/** All columns that are looked at, and how closely they go together in the reference. */
interface Known {
  readonly all: readonly Scaled[];
  readonly closeness: Closeness;
}

/** Cut by another column into fifths; fewer rows of one have no spread to speak of. */
const PARTS = 5;
const MIN_PART_ROWS = 30;
/** Of the growth of the spread, that may be left among rows that are alike in another column where this one brought it. */
const LEFT_OVER = 0.5;

/**
 * Whether there are more rows of a kind whose spread was always larger: longer trips end in more places. Within fifths of the
 * other column, those of the reference, not half as much has become wider then.
 */
function isSpreadThere(
  left: { readonly reference: Float64Array; readonly current: Float64Array },
  other: Scaled,
  wider: number,
): boolean {
  const before = scaled(other.reference);
  const sorted = before.toSorted();
  const edges = Array.from({ length: PARTS - 1 }, (_, i) => quantileReached(sorted, (i + 1) / PARTS));
  const partOf = (value: number): number => edges.filter((edge) => value > edge).length;
  const byPart = (values: Float64Array, of: Float64Array): number[][] => {
    const parts = Array.from({ length: PARTS }, (): number[] => []);
    for (const [row, value] of values.entries()) parts[partOf(of[row]!)]!.push(value);
    return parts;
  };
  const [then, now] = [byPart(left.reference, before), byPart(left.current, other.current)];
  let [rows, sum] = [0, 0];
  for (const [part, values] of now.entries()) {
    if (Math.min(values.length, then[part]!.length) < MIN_PART_ROWS) continue;
    const ratio = spreadOf(values) / spreadOf(then[part]!);
    if (!(ratio > 0) || !Number.isFinite(ratio)) continue;
    rows += values.length;
    sum += values.length * Math.log(ratio);
  }
  return rows > 0 && sum / rows < Math.log(wider) * LEFT_OVER;
}

function spreadOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return quantileReached(sorted, 0.75) - quantileReached(sorted, 0.25);
}

/** Centred and scaled by the reference; missing cells are in the middle. */
function scaledPair(cells: NumericCells): Scaled | null {
  const { name, current } = cells;
  const scale = scaleOf(cells.reference);
  const present = current.reduce((sum, value) => (Number.isNaN(value) ? sum : sum + 1), 0);
  if (scale === null || present < MIN_ROWS) return null;
  return { name, reference: cells.reference, current: current.map(scale) };
}

/** Null where it has too few values, or half of them are the same. */
const scaleOf = keptWith((values: Float64Array) => {
  const sorted = sortedPresent(values);
  if (sorted.length < MIN_ROWS) return null;
  const middle = quantileReached(sorted, 0.5);
  const width = quantileReached(sorted, 0.75) - quantileReached(sorted, 0.25);
  if (!(width > 0)) return null;
  // Far values would decide the relation alone.
  return (value: number): number =>
    Number.isNaN(value) ? 0 : Math.max(-5, Math.min(5, (value - middle) / width));
});

/** Rows of a column, by the scale of all of it. */
function scaled(values: Float64Array, all: Float64Array = values): Float64Array {
  const scale = scaleOf(all);
  return scale === null ? values : values.map(scale);
}

function noisy(
  pair: Scaled,
  { all, closeness }: Known,
  features: number,
  times: Pick<RowSamples, 'referenceMs' | 'currentMs'>,
): Noisy | null {
  const others = all.filter((other) => other !== pair);
  const witnesses = witnessesOf(pair, others, closeness);
  if (witnesses === null) return null;
  const { weights, before: ofAll } = relationBefore(
    pair.reference,
    witnesses.map(({ reference }) => reference),
  );
  if (ofAll.correlation ** 2 < MIN_EXPLAINED) return null;
  const ofNow = explainedBy(
    witnesses.map(({ current }) => current),
    weights,
  );
  const now = around(pair.current, ofNow);
  if (!(now.spread >= MIN_WIDER * ofAll.spread)) return null;
  // Beside rows that the others say the same of: another season is elsewhere on a bent line, and where it spreads otherwise.
  const ofBefore = explainedBy(
    witnesses.map(({ reference }) => scaled(reference)),
    weights,
  );
  const own = scaled(pair.reference);
  const rows = rowsAlike({ driver: ofBefore, other: own }, ofNow);
  if (rows === null) return null;
  const [ownAlike, saidAlike] = [selectCells(own, rows), selectCells(ofBefore, rows)];
  const before = around(ownAlike, saidAlike);
  const [n, m] = [pair.reference.length, pair.current.length];
  const wider = now.spread / before.spread;
  const error = QUARTILE_ERROR * Math.sqrt(1 / n + 2 / m);
  const p = normalTwoSided(Math.log(wider) / error);
  if (!(wider >= MIN_WIDER) || p >= FAULT_ALPHA / features) return null;
  const slopeError = CERTAIN * Math.hypot(before.slopeError, now.slopeError);
  const ratio = now.slope / before.slope;
  const isCopy = before.correlation ** 2 >= COPY && wider >= MUCH_WIDER;
  // What is a copy is hardly wider for all its noise.
  const asAWhole = isCopy ? wider : now.width / before.width;
  const held = Math.max(slopeError, isCopy ? MOST_OF_GROWTH * (wider - 1) : 0);
  if (Math.abs(ratio - 1) > held || asAWhole - ratio < held) return null;
  if (Math.abs(now.middle - before.middle) > 0.1 + CERTAIN * now.spread * Math.sqrt(1 / n + 2 / m))
    return null;
  // A world that becomes wider as a whole widens what the others say, too.
  if (now.explained > ofAll.explained * (1 + MAX_WITNESS_GROWTH * (wider - 1))) return null;
  const left = {
    reference: own.map((value, row) => value - ofBefore[row]!),
    current: pair.current.map((value, row) => value - ofNow[row]!),
  };
  if (others.some((other) => isSpreadThere(left, other, wider))) return null;
  const isNoise = isCopy && isUnprecedented(left, now.spread, times);
  const names = listNames(witnesses.map(({ name }) => name));
  const said = suspicion('noise', pair.name, {
    detail: `spread around what ${names} say of it is ${wider.toFixed(2)} times what it was, while what they say holds (slope ${ratio.toFixed(2)})`,
    share: 1,
    statistic: wider,
    p,
    doubt: Math.min(1, p + SAME_P),
    ...(!isNoise && {
      otherwise: `something new moves ${pair.name} and none of the columns beside it`,
    }),
  });
  return { said, pair, closest: witnesses[0]!.name, before: before.spread, now: now.spread };
}

/** A column that spreads wider around what the others say of it. */
interface Noisy {
  readonly said: Suspicion;
  readonly pair: Scaled;
  readonly closest: string;
  readonly before: number;
  readonly now: number;
}

/**
 * Whether it is the other one that became noisy: what the rest say of this column holds as closely as ever. Only where they say enough
 * that as much noise would be seen.
 */
function isQuietWithout(
  { pair, before, now }: Noisy,
  { pair: other }: Noisy,
  { all, closeness }: Known,
): boolean {
  const witnesses = witnessesOf(
    pair,
    all.filter((each) => each !== pair && each !== other),
    closeness,
  );
  if (witnesses === null) return false;
  const { weights, before: then } = relationOf(
    pair.reference,
    witnesses.map(({ reference }) => reference),
  );
  const said = explainedBy(
    witnesses.map(({ current }) => current),
    weights,
  );
  const expected = Math.sqrt(1 + (now ** 2 - before ** 2) / then.spread ** 2);
  const seen = around(pair.current, said).spread / then.spread;
  return expected >= MIN_SEEN && seen < Math.sqrt(expected);
}

/** A market that parts from the other does so for hours; noise is another in every row. */
function isUnprecedented(
  left: { readonly reference: Float64Array; readonly current: Float64Array },
  spread: number,
  times: Pick<RowSamples, 'referenceMs' | 'currentMs'>,
): boolean {
  if (widestStretch(left.reference, times) >= PRECEDENT * spread) return false;
  return !followsItself(selectCells(left.current, rowsInTime(times.currentMs)));
}

/** The largest spread of what the others leave open in a stretch of the reference as long as the window; 0 where rows have no times. */
function widestStretch(
  left: Float64Array,
  { referenceMs, currentMs }: Pick<RowSamples, 'referenceMs' | 'currentMs'>,
): number {
  const [all, window] = [timesSpanOf(referenceMs), timesSpanOf(currentMs)];
  if (referenceMs === null || all === null || window === null) return 0;
  const { of } = stretchesOfLength(referenceMs, all, Math.max(1, window.length));
  const stretches = Map.groupBy(left.keys(), (row) => of[row]!);
  return [...stretches].reduce((widest, [stretch, rows]) => {
    const known = rows.map((row) => left[row]!).filter((value) => !Number.isNaN(value));
    return stretch < 0 || known.length < MIN_PART_ROWS
      ? widest
      : Math.max(widest, spreadOf(known) / IQR_OF_NORMAL);
  }, 0);
}

/** The relation of a reference's column to its witnesses there, kept with it for windows with the same witnesses. */
interface RelationBefore {
  readonly witnesses: readonly Float64Array[];
  readonly weights: Float64Array;
  readonly before: Around;
}

const lastRelation = new WeakMap<Float64Array, RelationBefore>();

function relationBefore(values: Float64Array, witnesses: readonly Float64Array[]): RelationBefore {
  const known = lastRelation.get(values);
  const isSame =
    known?.witnesses.length === witnesses.length && known.witnesses.every((one, j) => one === witnesses[j]);
  if (known !== undefined && isSame) return known;
  const found = relationOf(values, witnesses);
  lastRelation.set(values, found);
  return found;
}

function relationOf(values: Float64Array, witnesses: readonly Float64Array[]): RelationBefore {
  const [own, others] = [scaled(values), witnesses.map((witness) => scaled(witness))];
  const weights = leastSquares(own, others);
  return { witnesses, weights, before: around(own, explainedBy(others, weights)) };
}

interface Around {
  readonly correlation: number;
  readonly slope: number;
  readonly slopeError: number;
  /** Of what is left, by quartiles. */
  readonly spread: number;
  readonly middle: number;
  /** Standard deviations of the column itself, and of what the others say of it. */
  readonly width: number;
  readonly explained: number;
}

function around(values: Float64Array, explained: Float64Array): Around {
  const [meanX, meanY] = [meanOf(explained), meanOf(values)];
  let [xx, xy, yy] = [0, 0, 0];
  for (let row = 0; row < values.length; row++) {
    const [x, y] = [explained[row]! - meanX, values[row]! - meanY];
    xx += x * x;
    xy += x * y;
    yy += y * y;
  }
  const slope = xy / xx;
  const left = values.map((value, row) => value - explained[row]!).sort();
  const residual = Math.max(0, yy - slope * xy) / values.length;
  return {
    correlation: xy / Math.sqrt(xx * yy),
    slope,
    slopeError: Math.sqrt(residual / xx),
    spread: (quantileReached(left, 0.75) - quantileReached(left, 0.25)) / 1.349,
    middle: quantileReached(left, 0.5),
    width: Math.sqrt(yy / values.length),
    explained: Math.sqrt(xx / values.length),
  };
}

/** Some rows tell which columns are closest. */
const CLOSENESS_ROWS = 2_500;

function scaledDraw(values: Float64Array): Float64Array {
  return scaled(selectCells(values, drawOfAll(values.length, CLOSENESS_ROWS)), values);
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
