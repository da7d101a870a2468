import type { Task } from '../../../core/model.ts';
import { conceptTest } from '../../relation/concept-test.ts';
import type { ConceptTest } from '../../relation/concept-test.ts';
import type { ColumnCells, RowSamples } from '../../samples/row-samples.ts';
import { SAME_P } from '../../thresholds.ts';
import type { Suspect } from '../misplaced/suspect.ts';
import { misplaced } from '../misplaced/misplaced.ts';
import type { Suspicion } from '../suspicion.ts';

const MAX_TRIED = 4;
/** The relation to the label must be broken beyond doubt before a fault is preferred to a changed world. */
const BROKEN = 1e-6;

/** Undone, at least so little is left of what broke the relation, where it is not as before altogether. */
const MOSTLY_EXPLAINED = 0.2;
const NEARLY_SAME_P = 1e-6;
/** An effect that turned round is known to a sixth of its size where the statistic of the turn, (2β/se)², is so large. */
const EXACT_STATISTIC = 150;

/**
 * A flip or swap that only the labels show: undone, the relation between features and label is the old one again
 * (p > 1e-3), as it stands it is broken (p < 1e-6). The score is left out, since the model scored what it was fed.
 * Suspects are the columns along which the relation bent, p < 1e-6 beyond a common step. The caller has ruled out that correlations object.
 * Where the effect is not known well enough to have turned to exactly its old size (statistic below 150), two different suspects would mend
 * it alike, or the best one only nearly does (a fifth of the statistic left, p > 1e-6), it is a reading: the columns' effects may have changed by themselves.
 */
export function confirmByLabels(task: Task, labelled: RowSamples, suspects: readonly Suspect[]): Suspicion[] {
  if (suspects.length === 0) return [];
  const samples = { ...labelled, score: null, prediction: null };
  const asIs = conceptTest(task, samples, 'lean');
  if (asIs.p >= BROKEN) return [];
  // A negated or exchanged column bends the relation along itself; one step for all rows is something else.
  const broken = asIs.uneven.filter((block) => block.p < BROKEN);
  const rankOf = new Map(broken.map((block, rank) => [block.feature, rank]));
  const worstRank = ({ features }: Suspect): number =>
    Math.max(...features.map((name) => rankOf.get(name) ?? Infinity));
  const tried = suspects
    .filter((suspect) => worstRank(suspect) < Infinity)
    .sort((a, b) => worstRank(a) - worstRank(b))
    .slice(0, MAX_TRIED)
    .map((suspect) => ({ suspect, undone: conceptTest(task, undone(samples, suspect), 'lean') }))
    .sort((a, b) => b.undone.p - a.undone.p);
  const [best, next] = tried;
  const statistic = asIs.blocks[0]?.statistic ?? 0;
  if (best === undefined || !isMended(best.undone, statistic)) return [];
  const { suspect, undone: mended } = best;
  const isClaimed =
    statistic >= EXACT_STATISTIC && mended.p > SAME_P && (next === undefined || next.undone.p <= SAME_P);
  const evidence = `the relation to the label is ${mended.p > SAME_P ? 'the old one again' : 'nearly the old one'} (p ${mended.p.toPrecision(2)}, as it is ${asIs.p.toExponential(1)})`;
  const found = misplaced(suspect, evidence, statistic, asIs.p, isClaimed ? BROKEN / mended.p : 1);
  const what = suspect.kind === 'flip' ? 'now works the other way round' : 'now do what the other did';
  const otherwise = `${suspect.features.join(' and ')} ${what}`;
  return isClaimed ? found : found.map((each) => ({ ...each, otherwise }));
}

function isMended({ p, blocks }: ConceptTest, statistic: number): boolean {
  if (p > SAME_P) return true;
  return p > NEARLY_SAME_P && (blocks[0]?.statistic ?? 0) < MOSTLY_EXPLAINED * statistic;
}

/**
 * Of suspects that would mend the correlations alike, the one after which the relation to the label is least
 * disturbed. Negating either of two columns mends the correlation between them; the label knows which it was.
 */
export function likeliest(task: Task, labelled: RowSamples, group: readonly Suspect[]): Suspect | undefined {
  const samples = { ...labelled, score: null, prediction: null };
  let best: { suspect: Suspect; p: number } | null = null;
  for (const suspect of group.slice(0, MAX_TRIED)) {
    const { p } = conceptTest(task, undone(samples, suspect), 'lean');
    if (best === null || p > best.p) best = { suspect, p };
  }
  return best?.suspect;
}

function undone(samples: RowSamples, suspect: Suspect): RowSamples {
  const [first, second] = suspect.features;
  const byName = new Map(samples.features.map((pair) => [pair.name, pair]));
  const repaired = (pair: ColumnCells): ColumnCells => {
    if (pair.kind !== 'numeric' || (pair.name !== first && pair.name !== second)) return pair;
    if (suspect.kind === 'flip')
      return { ...pair, current: pair.current.map((value) => suspect.about - value) };
    const other = byName.get(pair.name === first ? (second ?? first) : first);
    return other?.kind === 'numeric' ? { ...pair, current: other.current } : pair;
  };
  return { ...samples, features: samples.features.map(repaired) };
}
