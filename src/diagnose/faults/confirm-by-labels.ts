import type { Task } from '../../core/model.ts';
import { conceptTest } from '../concept-test.ts';
import { allRows, pickRows } from '../picks.ts';
import { selectRows } from '../row-samples.ts';
import type { ColumnPair, RowSamples } from '../row-samples.ts';
import { SAME_P } from '../thresholds.ts';
import type { Suspect } from './misplaced-columns.ts';
import { misplaced } from './misplaced-columns.ts';
import type { Suspicion } from './suspicion.ts';

const MAX_ROWS = 6_000;
const MAX_TRIED = 8;
const SUSPECT_BLOCKS = 5;
/** The relation to the label must be broken beyond doubt before a fault is preferred to a changed world. */
const BROKEN = 1e-6;

/**
 * A flip or swap that only the labels show: undone, the relation between features and label is the old one again
 * (p > 1e-3), as it stands it is broken (p < 1e-6). The score is left out, since the model scored what it was fed.
 * Suspects are the features along which the relation broke. The caller has ruled out that correlations object.
 */
export function confirmByLabels(task: Task, labelled: RowSamples, suspects: readonly Suspect[]): Suspicion[] {
  if (suspects.length === 0) return [];
  const samples = thinned({ ...labelled, score: null, prediction: null });
  const asIs = conceptTest(task, samples);
  if (asIs.p >= BROKEN) return [];
  const where = new Set(
    asIs.blocks.flatMap((block) => (block.feature === null ? [] : [block.feature])).slice(0, SUSPECT_BLOCKS),
  );
  const tried = suspects
    .filter(
      ({ kind, features }) =>
        features.every((name) => where.has(name)) ||
        (kind === 'swap' && features.some((name) => where.has(name))),
    )
    .slice(0, MAX_TRIED);
  let best: { suspect: Suspect; p: number } | null = null;
  for (const suspect of tried) {
    const { p } = conceptTest(task, undone(samples, suspect));
    if (p > SAME_P && (best === null || p > best.p)) best = { suspect, p };
  }
  if (best === null) return [];
  const evidence = `the relation to the label is the old one again (p ${best.p.toPrecision(2)}, as it is ${asIs.p.toExponential(1)})`;
  return misplaced(best.suspect, evidence, asIs.blocks[0]?.statistic ?? 0, asIs.p, BROKEN / best.p);
}

function thinned(samples: RowSamples): RowSamples {
  const { reference, current } = samples.rows;
  if (Math.max(reference, current) <= MAX_ROWS) return samples;
  return selectRows(samples, pickRows(allRows(reference), MAX_ROWS), pickRows(allRows(current), MAX_ROWS));
}

function undone(samples: RowSamples, suspect: Suspect): RowSamples {
  const [first, second] = suspect.features;
  const byName = new Map(samples.features.map((pair) => [pair.name, pair]));
  const repaired = (pair: ColumnPair): ColumnPair => {
    if (pair.kind !== 'numeric' || (pair.name !== first && pair.name !== second)) return pair;
    if (suspect.kind === 'flip') return { ...pair, current: pair.current.map((value) => -value) };
    const other = byName.get(pair.name === first ? (second ?? first) : first);
    return other?.kind === 'numeric' ? { ...pair, current: other.current } : pair;
  };
  return { ...samples, features: samples.features.map(repaired) };
}
