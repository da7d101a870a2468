import { pooledCodes } from '../../pooled.ts';
import { conceptTest } from '../../relation/concept-test.ts';
import type { ConceptTest } from '../../relation/concept-test.ts';
import { referenceRelation } from '../../relation/reference-relation.ts';
import { allRows, drawRows } from '../../samples/picks.ts';
import { levelCounts, selectCells, selectRows } from '../../samples/row-samples.ts';
import type { LevelPair, RowSamples } from '../../samples/row-samples.ts';
import { SAME_P } from '../../thresholds.ts';
import { asP } from '../../wording.ts';
import { suspicion } from '../suspicion.ts';
import type { LabelFault } from '../suspicion.ts';
import {
  BROKEN,
  columnsThatTell,
  MAX_REFERENCE_ROWS,
  MIN_WITNESSES,
  NEARLY_SAME_P,
} from './labels-inverted.ts';

/** All orders of more classes are not tried, and nobody would believe one. */
const MAX_CLASSES = 6;
const MIN_CLASS_ROWS = 30;
const SMALLEST_P = 1e-4;

/**
 * The names of three to six classes were exchanged among themselves: an encoder that was fitted anew, a code off by one.
 *
 * The reference's relation gives each row a probability of each class. Of all ways to exchange the classes the one with the largest
 * Σ ln p(class it would have been) is tried: as the labels stand the relation is broken (p < 1e-6), named as before it must be the
 * old one. Claimed where it is beyond doubt (p > 1e-3) and at least two columns told each pair of exchanged classes apart in the
 * reference: the world would have had to turn each of them round. Otherwise, from p > 1e-6 on, a reading. Cost O(classes!) sums,
 * and one test of the relation.
 */
export function labelsPermuted(labelled: RowSamples, asIs: ConceptTest): LabelFault | null {
  const { label } = labelled;
  if (label?.kind !== 'levels' || asIs.p >= BROKEN) return null;
  const counts = levelCounts(label.reference, label.levels.length);
  const classes = [...counts.keys()].filter((code) => counts[code]! >= MIN_CLASS_ROWS);
  if (classes.length < 3 || classes.length > MAX_CLASSES) return null;
  if (label.current.some((code) => !classes.includes(code))) return null;
  const likelihoods = likelihoodsOf(labelled, label, classes);
  if (likelihoods === null) return null;
  const meant = likeliest(likelihoods);
  const exchanged = [...classes.keys()].filter((at) => meant[at] !== at);
  if (exchanged.length === 0) return null;
  const repaired = named(labelled, label, new Map(classes.map((code, at) => [code, classes[meant[at]!]!])));
  const undone = conceptTest('classification', repaired);
  if (undone.p <= NEARLY_SAME_P) return null;
  const witnesses = Math.min(
    ...exchanged.map((at) => columnsThatTell(labelled, label, [classes[at]!, classes[meant[at]!]!])),
  );
  const isClaimed = undone.p > SAME_P && witnesses >= MIN_WITNESSES;
  const nameOf = (at: number): string => label.levels[classes[at]!] ?? '';
  const rows = exchanged.reduce(
    (sum, at) => sum + label.current.filter((code) => code === classes[at]).length,
    0,
  );
  const share = rows / Math.max(1, label.current.length);
  const told = `the labels are exchanged: ${exchanged.map((at) => `${nameOf(at)} stands for ${nameOf(meant[at]!)}`).join(', ')}; named as before, the relation to the features is the old one (${asP(undone.p)}, as they are ${asP(asIs.p)})`;
  const refused = `; a changed world would have had to turn ${witnesses} columns round, each to its old size`;
  return {
    suspicion: suspicion('labels_inverted', label.name, {
      detail: isClaimed ? told + refused : told,
      share,
      statistic: asIs.blocks[0]?.statistic ?? 0,
      p: asIs.p,
      doubt: isClaimed ? BROKEN / undone.p : 1,
      ...(!isClaimed && { otherwise: 'the same inputs now lead to other labels' }),
    }),
    repaired,
  };
}

/** By class that was given and class that may be meant, both by place: Σ ln p over the rows. Null: no relation. */
function likelihoodsOf(
  labelled: RowSamples,
  label: LevelPair,
  classes: readonly number[],
): number[][] | null {
  const rows = drawRows(allRows(labelled.rows.reference), MAX_REFERENCE_ROWS);
  const current = drawRows(allRows(labelled.rows.current), MAX_REFERENCE_ROWS);
  const some = selectRows(labelled, rows, current);
  const codes = pooledCodes({
    ...label,
    reference: selectCells(label.reference, rows),
    current: selectCells(label.current, current),
  });
  const chances: Float64Array[] = [];
  for (const tried of classes) {
    const relation = referenceRelation(
      'classification',
      some,
      Float64Array.from(codes, (code) => Number(code === tried)),
    );
    if (relation === null) return null;
    chances.push(relation.expected.subarray(rows.length));
  }
  const sums = classes.map(() => classes.map(() => 0));
  for (const [row, code] of codes.subarray(rows.length).entries()) {
    const given = sums[classes.indexOf(code)];
    const all = chances.reduce((sum, chance) => sum + chance[row]!, 0);
    for (const [meant, chance] of chances.entries())
      if (given !== undefined) given[meant]! += Math.log(Math.max(SMALLEST_P, chance[row]! / all));
  }
  return sums;
}

/** The one-to-one choice with the largest sum, by place; of equal ones the first. */
function likeliest(sums: readonly (readonly number[])[]): number[] {
  let best: { readonly sum: number; readonly chosen: readonly number[] } = { sum: -Infinity, chosen: [] };
  const choose = (chosen: readonly number[], sum: number): void => {
    const next = sums[chosen.length];
    if (next === undefined) {
      if (sum > best.sum) best = { sum, chosen };
      return;
    }
    for (const [meant, value] of next.entries())
      if (!chosen.includes(meant)) choose([...chosen, meant], sum + value);
  };
  choose([], 0);
  return [...best.chosen];
}

function named(labelled: RowSamples, label: LevelPair, meant: ReadonlyMap<number, number>): RowSamples {
  const current = label.current.map((code) => meant.get(code) ?? code);
  return { ...labelled, label: { ...label, current } };
}
