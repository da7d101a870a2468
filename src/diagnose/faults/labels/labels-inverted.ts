import { rocAuc } from '../../../stats/performance/roc-auc.ts';
import { scoreCells } from '../../../stats/performance/score-cells.ts';
import { marginalTest } from '../../marginal-test.ts';
import { allRows, drawOfAll } from '../../samples/picks.ts';
import { pooledCodes } from '../../pooled.ts';
import { conceptTest } from '../../relation/concept-test.ts';
import type { ConceptTest } from '../../relation/concept-test.ts';
import { fitLogistic } from '../../relation/null-model.ts';
import { referenceRelation } from '../../relation/reference-relation.ts';
import { selectCells, selectRows } from '../../samples/row-samples.ts';
import type { ColumnCells, LevelPair, RowSamples } from '../../samples/row-samples.ts';
import { MIN_FAULT_SHARE, SAME_P, SUSPICIOUS } from '../../thresholds.ts';
import { asP, asPercent } from '../../wording.ts';
import { rowsInTime } from '../../../stats/habits/column-habits.ts';
import { suspicion } from '../suspicion.ts';
import type { LabelFault, Suspicion } from '../suspicion.ts';
import { levelCounts } from '../../../core/columns/level-counts.ts';

/** The relation must be broken beyond doubt before a fault is preferred to a changed world. */
export const BROKEN = 1e-6;
/** At most so much is left of the old relation, with its sign turned, in what few rows show. */
const NEARLY_MIRRORED = -0.35;
/** The same, to be thought of: a reading, and a person looks before anything is retrained. */
const LIKELY_MIRRORED = -0.25;
/** What turning labels back must at least explain, for the inversion to be thought of. */
export const NEARLY_SAME_P = 1e-6;
const MIN_ZONE_ROWS = 100;
export const MAX_REFERENCE_ROWS = 6_000;
/** Levels of a column whose labels may be inverted by themselves. */
const MAX_LEVELS = 20;
/** How well the slope of the mirror must be known, and how near to −1 it must be, to be called exact. */
const EXACT_ERROR = 0.12;
const EXACT_DISTANCE = 0.15;
const SURE = 3.3;
/** Columns that each tell the label by themselves: one effect may well turn round, several to the same size do not. */
export const MIN_WITNESSES = 2;
const WITNESS_P = 1e-6;
const LARGEST_INDEX = 8;

/** A relation that keeps less of what it promises is hardly one. */
const MIN_KEPT_SLOPE = 0.4;
const FOLDS = 5;
/** From here on nobody asks how well the relation is known. */
const SELF_SAME = 0.9;

/** Rows whose labels may have been exchanged. */
interface Zone {
  readonly rows: Int32Array;
  readonly where: string;
  readonly sinceMs: number | null;
}

/**
 * The two labels were exchanged: in all rows, in a stretch of time, or in the rows of some levels of one column.
 *
 * The reference's relation gives each row an index η (log odds). A row speaks for exchanged labels by (1 − 2y)·η; the stretch
 * with the largest sum of it, and the levels for which it is positive, are tried. With their labels turned back the relation
 * must be the old one again (p > 1e-3), as they stand it is broken (p < 1e-6; up to 0.05 it is a reading, of what follows the old index turned round). Claimed where a changed world is no explanation:
 * y follows −1 times the old index, or as much less as the reference's own rows follow it fold by fold (logistic slope, standard error at
 * most 0.12), and at least two columns told the label in
 * the reference, each of which the world would have had to reverse to exactly its old size. Otherwise a reading.
 */
export function labelsInverted(labelled: RowSamples, asIs: ConceptTest): LabelFault | null {
  const { label } = labelled;
  if (label?.kind !== 'levels' || asIs.p >= SUSPICIOUS) return null;
  const counts = levelCounts(label.reference, label.levels.length);
  const classes = [...counts.keys()].filter((code) => counts[code]! > 0);
  const [first, second] = classes;
  if (first === undefined || second === undefined || classes.length > 2) return null;
  if (label.current.some((code) => code !== first && code !== second)) return null;
  const index = referenceIndex(labelled, label, second);
  if (index === null) return null;
  const isPositive = Uint8Array.from(label.current, (code) => Number(code === second));
  for (const zone of zonesOf(labelled, index, isPositive)) {
    const mirror = slopeIn(zone.rows, index, isPositive);
    // Where the relation is hardly known to have broken, only what is nearly a mirror is thought of.
    const isSure = asIs.p < BROKEN;
    if (mirror === null || mirror.slope + SURE * mirror.error > (isSure ? 0 : LIKELY_MIRRORED)) continue;
    const repaired = withLabelsTurned(labelled, label, zone.rows, [first, second]);
    const undone = conceptTest('classification', repaired);
    if (undone.p <= (isSure ? NEARLY_SAME_P : SUSPICIOUS)) continue;
    const witnesses = columnsThatTell(labelled, label, [first, second]);
    // What a relation learned from few events promises it does not keep, mirrored or not.
    const kept = slopeOfOwn(labelled, label, second);
    return { suspicion: suspicionOf(labelled, zone, { mirror, asIs, undone, witnesses, kept }), repaired };
  }
  return null;
}

/** Log odds of the second class by the reference's relation, of each current row. */
function referenceIndex(labelled: RowSamples, label: LevelPair, second: number): Float64Array | null {
  const rows = drawOfAll(labelled.rows.reference, MAX_REFERENCE_ROWS);
  const some = selectRows(labelled, rows, allRows(labelled.rows.current));
  const response = Float64Array.from(
    pooledCodes({ ...label, reference: selectCells(label.reference, rows) }),
    (code) => Number(code === second),
  );
  const relation = referenceRelation('classification', some, response);
  if (relation === null) return null;
  return relation.expected.slice(rows.length).map((p) => {
    const odds = Math.log(p / (1 - p));
    return Math.max(-LARGEST_INDEX, Math.min(LARGEST_INDEX, Number.isNaN(odds) ? 0 : odds));
  });
}

/** Slope of the reference's labels on the index that the rest of its rows teaches, fold by fold: 1 where the relation is well known. */
function slopeOfOwn(labelled: RowSamples, label: LevelPair, second: number): number {
  const rows = drawOfAll(labelled.rows.reference, MAX_REFERENCE_ROWS);
  const slopes = Array.from({ length: FOLDS }, (_, fold) => fold).flatMap((fold) => {
    const own = rows.filter((_, place) => place % FOLDS === fold);
    const other = rows.filter((_, place) => place % FOLDS !== fold);
    const held = withReferenceAsCurrent(
      selectRows(labelled, other, allRows(labelled.rows.current)),
      labelled,
      own,
    );
    const index = held.label?.kind === 'levels' ? referenceIndex(held, held.label, second) : null;
    if (index === null) return [];
    const isPositive = Uint8Array.from(own, (row) => Number(label.reference[row] === second));
    const found = slopeIn(allRows(own.length), index, isPositive);
    return found === null ? [] : [found.slope];
  });
  const mean = slopes.reduce((sum, slope) => sum + slope, 0) / Math.max(1, slopes.length);
  return slopes.length === 0 ? 1 : Math.min(1, Math.max(MIN_KEPT_SLOPE, mean));
}

/** Some of the reference's own rows in the place of the current ones. */
function withReferenceAsCurrent(into: RowSamples, from: RowSamples, rows: Int32Array): RowSamples {
  const held = <P extends ColumnCells>(pair: P, own: ColumnCells): P => ({
    ...pair,
    current: selectCells<Float64Array | Int32Array>(own.reference, rows),
  });
  return {
    ...into,
    rows: { reference: into.rows.reference, current: rows.length },
    features: into.features.map((pair, at) => held(pair, from.features[at]!)),
    score: into.score && held(into.score, from.score!),
    prediction: into.prediction && held(into.prediction, from.prediction!),
    label: into.label && held(into.label, from.label!),
    currentMs: null,
  };
}

/** The stretch of time that fits best, and the levels of the column that fit best. */
function zonesOf(labelled: RowSamples, index: Float64Array, isPositive: Uint8Array): Zone[] {
  const gain = index.map((eta, row) => (isPositive[row] === 1 ? -eta : eta));
  const zones = [stretchOf(labelled, gain), levelsOf(labelled, gain)];
  return zones.filter(
    (zone): zone is Zone =>
      zone !== null && zone.rows.length >= Math.max(MIN_ZONE_ROWS, MIN_FAULT_SHARE * gain.length),
  );
}

/** The contiguous rows with the largest sum; all rows where they have no times. */
function stretchOf({ currentMs }: RowSamples, gain: Float64Array): Zone | null {
  const inTime = rowsInTime(currentMs);
  if (currentMs === null || inTime.length < gain.length) {
    return { rows: allRows(gain.length), where: 'in all rows', sinceMs: null };
  }
  let best = { from: 0, to: 0, sum: 0 };
  let [from, sum] = [0, 0];
  for (let at = 0; at < inTime.length; at++) {
    if (sum <= 0) [from, sum] = [at, 0];
    sum += gain[inTime[at]!]!;
    if (sum > best.sum) best = { from, to: at + 1, sum };
  }
  const rows = inTime.slice(best.from, best.to);
  if (rows.length === 0) return null;
  if (rows.length >= (1 - MIN_FAULT_SHARE) * inTime.length) {
    return { rows: allRows(gain.length), where: 'in all rows', sinceMs: null };
  }
  const last = best.to >= inTime.length ? '' : `, up to ${timeOf(currentMs[inTime[best.to]!]!)}`;
  const sinceMs = currentMs[rows[0]!]!;
  return { rows, where: `in the rows from ${timeOf(sinceMs)} on${last}`, sinceMs };
}

function timeOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Of the column whose levels part the rows most clearly, those that speak for exchanged labels. */
function levelsOf({ features }: RowSamples, gain: Float64Array): Zone | null {
  let best: { pair: LevelPair; codes: number[]; sum: number } | null = null;
  for (const pair of features) {
    if (pair.kind !== 'levels' || pair.levels.length > MAX_LEVELS) continue;
    const sums = new Float64Array(pair.levels.length);
    for (const [row, code] of pair.current.entries()) if (code >= 0) sums[code]! += gain[row]!;
    const codes = [...sums.keys()].filter((code) => sums[code]! > 0);
    const sum = codes.reduce((all, code) => all + sums[code]!, 0);
    if (codes.length > 0 && (best === null || sum > best.sum)) best = { pair, codes, sum };
  }
  if (best === null) return null;
  const { pair, codes } = best;
  const inside = new Set(codes);
  const rows = allRows(gain.length).filter((row) => inside.has(pair.current[row]!));
  const names = codes.map((code) => pair.levels[code] ?? '').join(', ');
  return { rows, where: `where ${pair.name} is ${names}`, sinceMs: null };
}

interface Mirror {
  readonly slope: number;
  readonly error: number;
  readonly area: number;
}

/** y ~ logistic(a + b·η) among these rows, and the area under the curve of η. */
function slopeIn(rows: Int32Array, index: Float64Array, isPositive: Uint8Array): Mirror | null {
  const n = rows.length;
  const x = new Float64Array(2 * n);
  const response = new Float64Array(n);
  for (const [i, row] of rows.entries()) {
    x[2 * i] = 1;
    x[2 * i + 1] = index[row]!;
    response[i] = isPositive[row]!;
  }
  const { beta, information } = fitLogistic({ rows: n, referenceRows: 0, columns: 2, x }, response);
  // The last pivot of the factor is the information on the slope once the step is fitted.
  const root = information.lower[3]!;
  const area = rocAuc(scoreCells(selectCells(index, rows), response));
  if (!(root > 0) || typeof area === 'string') return null;
  return { slope: beta[1]!, error: 1 / root, area: area.value };
}

function withLabelsTurned(
  labelled: RowSamples,
  label: LevelPair,
  rows: Int32Array,
  [first, second]: readonly [number, number],
): RowSamples {
  const current = Int32Array.from(label.current);
  for (const row of rows) current[row] = current[row] === first ? second : first;
  return { ...labelled, label: { ...label, current } };
}

/** How many columns tell two classes of the reference apart. */
export function columnsThatTell(
  { features }: RowSamples,
  label: LevelPair,
  classes: readonly [number, number],
): number {
  const [first, second] = classes.map((code) =>
    Int32Array.from(label.reference.keys()).filter((row) => label.reference[row] === code),
  ) as [Int32Array, Int32Array];
  return features.filter((pair) => {
    const apart =
      pair.kind === 'numeric'
        ? {
            ...pair,
            reference: selectCells(pair.reference, first),
            current: selectCells(pair.reference, second),
          }
        : {
            ...pair,
            reference: selectCells(pair.reference, first),
            current: selectCells(pair.reference, second),
          };
    return marginalTest(apart).p < WITNESS_P;
  }).length;
}

function suspicionOf(
  labelled: RowSamples,
  zone: Zone,
  {
    mirror,
    asIs,
    undone,
    witnesses,
    kept,
  }: { mirror: Mirror; asIs: ConceptTest; undone: ConceptTest; witnesses: number; kept: number },
): Suspicion {
  const { slope, error, area } = mirror;
  const isExact =
    asIs.p < BROKEN &&
    error <= EXACT_ERROR &&
    slope + 2 * error <= NEARLY_MIRRORED * kept &&
    Math.abs(slope + kept) <= Math.max(EXACT_DISTANCE, SURE * error) &&
    undone.p > SAME_P;
  const isClaimed = isExact && witnesses >= MIN_WITNESSES;
  const share = zone.rows.length / labelled.rows.current;
  const told =
    `the labels are exchanged ${zone.where} (${asPercent(share)}): they follow ${slope.toFixed(2)} ± ${error.toFixed(2)} times the old log odds${kept < SELF_SAME ? `, as the reference's own rows follow ${kept.toFixed(2)} times what the rest of them says` : ''} ` +
    `(area under the curve ${area.toFixed(2)}, turned back ${(1 - area).toFixed(2)}), and turned back the relation to the features is the old one (${asP(undone.p)}, as they are ${asP(asIs.p)})`;
  const refused = `; a changed world would have had to reverse ${witnesses} columns, each to its old size`;
  const found = suspicion('labels_inverted', labelled.label?.name ?? 'label', {
    detail: isClaimed ? told + refused : told,
    share,
    statistic: asIs.blocks[0]?.statistic ?? 0,
    p: asIs.p,
    doubt: isClaimed ? BROKEN / undone.p : 1,
    ...(!isClaimed && { otherwise: 'the same inputs now lead to the opposite labels' }),
  });
  if (zone.sinceMs === null) return found;
  return { ...found, finding: { ...found.finding, since: new Date(zone.sinceMs).toISOString() } };
}
