import type { Task } from '../../core/model.ts';
import { crossFittedTrees } from './boosted-trees.ts';
import { designMatrix } from './design-matrix.ts';
import type { Design, Richness } from './design-matrix.ts';
import { crowdedColumns, knownShare } from './level-effects.ts';
import type { Absorbed } from './null-model.ts';
import type { ColumnCells, RowSamples } from '../samples/row-samples.ts';

/** Share of the current rows whose level of a column the reference never had. */
export interface OneSided {
  readonly feature: string;
  readonly share: number;
}

/** The matrix, and the column whose levels are fitted beside it, if any has more than the matrix can hold. */
export interface View {
  readonly design: Design;
  readonly absorbed: Absorbed | null;
}

/** Which rows are whose does not show in it: it is fitted on both sides together, as the matrix is. */
export function treesColumn(task: Task, samples: RowSamples, response: Float64Array): ColumnCells {
  const expected = crossFittedTrees(samples, response, task === 'classification');
  const { reference } = samples.rows;
  return {
    kind: 'numeric',
    name: 'what trees expect',
    reference: expected.subarray(0, reference),
    current: expected.subarray(reference),
  };
}

export function viewsOf(
  samples: RowSamples,
  response: Float64Array,
  richness: Richness,
  more: ColumnCells | null,
): View[] {
  const features = more === null ? samples.features : [...samples.features, more];
  const crowded = crowdedColumns(samples);
  if (crowded.length === 0)
    return [{ design: designMatrix({ ...samples, features }, response, richness), absorbed: null }];
  return crowded.map((absorbed) => {
    const others = features.filter(({ name }) => name !== absorbed.feature);
    return { design: designMatrix({ ...samples, features: others }, response, richness), absorbed };
  });
}

/** Of the columns whose levels are absorbed, the one with most current rows of which the reference knows no like. */
export function oneSidedOf({ features }: RowSamples, views: readonly View[]): OneSided | null {
  let most: OneSided | null = null;
  for (const { absorbed } of views) {
    const pair = features.find(({ name }) => name === absorbed?.feature);
    if (pair?.kind !== 'levels') continue;
    const share = 1 - knownShare(pair);
    if (most === null || share > most.share) most = { feature: pair.name, share };
  }
  return most;
}
