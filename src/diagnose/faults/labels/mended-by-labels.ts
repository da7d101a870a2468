import type { Task } from '../../../core/model.ts';
import { createRandom } from '../../../stats/random.ts';
import { quantileReached } from '../../../stats/quantiles.ts';
import { conceptTest } from '../../relation/concept-test.ts';
import { sortedPresent } from '../../samples/row-samples.ts';
import type { NumericCells, RowSamples } from '../../samples/row-samples.ts';
import { SAME_P, sameDistance } from '../../thresholds.ts';
import { rowsInTime } from '../../../stats/habits/column-habits.ts';
import { distanceWithin } from '../resolution.ts';
import { sortColumns } from '../sorted-pair.ts';
import type { SortedPair } from '../sorted-pair.ts';
import { suspicion } from '../suspicion.ts';
import type { Suspicion } from '../suspicion.ts';
import { fittingUnits, unitFacts } from '../units/unit-change.ts';
import { turnOf } from '../units/unit-since.ts';

/** The relation to the label must be broken beyond doubt before another reading of the inputs is asked for. */
const BROKEN = 1e-6;
const MAX_TRIED = 4;
const MAX_UNITS_EACH = 2;
/** A spread that grew by less is no noise anybody would see. */
const MIN_WIDER = 1.25;
const MAX_MOVED = 0.15;

/** A column read another way, after which it is what it was. */
interface Mend {
  readonly found: Suspicion;
  readonly mended: NumericCells;
}

/**
 * The relation to the label broke. Did a column change its meaning, rather than the world its ways? Named units that fit a column
 * (of all rows, or from a moment on) and cannot be claimed, and noise that would explain a spread that grew, are undone; where
 * the relation is then the old one again (p > 1e-3, as it stands p < 1e-6) both readings stand: prices that rose by that factor for
 * everybody would do the same. Asked only where the answer would otherwise be to retrain.
 *
 * @param labelled rows, on both sides
 */
export function mendedByLabels(task: Task, labelled: RowSamples, found: readonly Suspicion[]): Suspicion[] {
  const faulty = new Set(found.map(({ finding }) => finding.feature));
  const watched = labelled.features.filter(
    (pair): pair is NumericCells =>
      pair.kind === 'numeric' && !faulty.has(pair.name) && !labelled.aside.has(pair.name),
  );
  const samples = { ...labelled, score: null, prediction: null };
  const asIs = conceptTest(task, samples, 'lean');
  if (asIs.p >= BROKEN) return [];
  const tried = sortColumns(watched).flatMap((sorted, at) => mendsOf(sorted, watched[at]!, labelled));
  return tried.slice(0, MAX_TRIED).flatMap(({ found: suspect, mended }) => {
    const features = samples.features.map((pair) => (pair.name === mended.name ? mended : pair));
    const { p } = conceptTest(task, { ...samples, features }, 'lean');
    if (p <= SAME_P) return [];
    const { finding } = suspect;
    const why = `with it undone the relation to the label is the old one again (p ${p.toPrecision(2)}, as it is ${asIs.p.toExponential(1)})`;
    return [{ ...suspect, finding: { ...finding, detail: `${finding.detail}; ${why}` } }];
  });
}

function mendsOf(sorted: SortedPair, cells: NumericCells, { currentMs }: RowSamples): Mend[] {
  const units = unitMends(sorted, cells);
  if (units.length > 0) return units;
  return [sinceMend(sorted, cells, currentMs), noiseMend(sorted, cells)].filter((mend) => mend !== null);
}

function unitMends(sorted: SortedPair, cells: NumericCells): Mend[] {
  const facts = unitFacts(sorted);
  if (facts === null) return [];
  return fittingUnits(facts, 1)
    .slice(0, MAX_UNITS_EACH)
    .map(({ transformation, distance }) => ({
      found: suspicion(transformation.fault, sorted.name, {
        detail: `values fit ${transformation.name} (distance ${distance.toFixed(3)}, untransformed ${facts.untransformed.toFixed(3)})`,
        share: 1,
        statistic: facts.untransformed,
        p: null,
        doubt: 0.5,
        otherwise: `${sorted.name} moved by itself, and what it leads to moved along`,
      }),
      mended: { ...cells, current: cells.current.map(transformation.undo) },
    }));
}

function sinceMend(sorted: SortedPair, cells: NumericCells, currentMs: Float64Array | null): Mend | null {
  const inTime = rowsInTime(currentMs).filter((row) => !Number.isNaN(cells.current[row]));
  if (inTime.length === 0 || currentMs === null) return null;
  const [values, timesMs] = [cells.current, currentMs].map((all) =>
    Float64Array.from(inTime, (row) => all[row]!),
  );
  const turn = turnOf(sorted, { values: values!, timesMs: timesMs! });
  if (turn === null) return null;
  const { transformation, sinceMs, at } = turn;
  const share = (inTime.length - at) / inTime.length;
  const found = suspicion(transformation.fault, sorted.name, {
    detail: `from a moment on values fit ${transformation.name} better than what they were`,
    share,
    statistic: share,
    p: null,
    doubt: 0.5,
    otherwise: `${sorted.name} moved by itself at that moment, and what it leads to moved along`,
  });
  return {
    found: { ...found, finding: { ...found.finding, since: new Date(sinceMs).toISOString() } },
    mended: {
      ...cells,
      current: cells.current.map((value, row) =>
        currentMs[row]! >= sinceMs ? transformation.undo(value) : value,
      ),
    },
  };
}

/** The reference with as much noise as would make it as wide as the window: what was a sharp relation is then as blurred. */
function noiseMend({ name, reference, current }: SortedPair, cells: NumericCells): Mend | null {
  const width = (sorted: Float64Array): number =>
    (quantileReached(sorted, 0.84) - quantileReached(sorted, 0.16)) / 2;
  const [before, now] = [width(reference), width(current)];
  const moved = Math.abs(quantileReached(current, 0.5) - quantileReached(reference, 0.5));
  if (!(now >= MIN_WIDER * before) || moved > MAX_MOVED * before) return null;
  const random = createRandom(NOISE_SEED);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const deviation = Math.sqrt(now ** 2 - before ** 2);
  const noisy = cells.reference.map((value) => value + deviation * normal());
  const distance = distanceWithin(current, sortedPresent(noisy), 0);
  if (distance > sameDistance(reference.length, current.length)) return null;
  return {
    found: suspicion('noise', name, {
      detail: `values are what they were with noise of ${deviation.toPrecision(3)} added`,
      share: 1,
      statistic: now / before,
      p: null,
      doubt: 0.5,
      otherwise: `${name} spreads more by itself, and matters less than it did`,
    }),
    mended: { ...cells, reference: noisy },
  };
}

/** The same noise for the same rows, so that a verdict can be recomputed. */
const NOISE_SEED = 20_261_127;
