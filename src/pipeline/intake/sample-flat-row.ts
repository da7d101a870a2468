import type { FeatureValue } from '../../core/events/events.ts';
import type { FlatColumn, FlatLayout, FlatRow } from '../../core/events/flat-row.ts';
import { toBigint } from '../../core/ids/id-hash.ts';
import type { ModelSpec } from '../../core/model.ts';
import { cellValue } from '../../core/events/flat-row.ts';
import { MOST_SAMPLED_CLASSES, type RowSample } from '../../stats/profile/rows/row-sample.ts';
import { flatNumber, flatPrediction, flatProbabilities } from './flat-outcome.ts';

/**
 * Puts a flat row, by the two halves of its id's hash, into the samples that want it. Nearly every row costs one
 * comparison a window and nothing else: few are among the smallest hashes.
 */
export function sampleFlatRow(
  row: FlatRow,
  high: number,
  low: number,
  model: ModelSpec,
  segments: readonly string[],
  samples: readonly RowSample[],
): void {
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i];
    if (sample?.wantsHalves(high, low) === true) put(row, toBigint(high, low), model, segments, sample);
  }
}

function put(
  row: FlatRow,
  hash: bigint,
  model: ModelSpec,
  segments: readonly string[],
  sample: RowSample,
): void {
  const { layout } = row;
  const features = featuresOf(row);
  if (layout.type === 'features') {
    sample.addFeatures(hash, features);
    return;
  }
  sample.addPrediction(hash, model.featuresFrom === 'features' ? null : features, {
    prediction: flatPrediction(row, model.task),
    score: flatNumber(row, layout.score),
    segments,
    atMs: row.timestampMs,
    probabilities: flatProbabilities(row, MOST_SAMPLED_CLASSES),
  });
}

/** A row's features by name, without a map of its own. */
class NamedCells {
  row: FlatRow;
  readonly #columns: ReadonlyMap<string, FlatColumn>;

  constructor(row: FlatRow) {
    this.row = row;
    this.#columns = new Map(row.layout.features.map((column) => [column.name, column]));
  }

  get(name: string): FeatureValue | undefined {
    const column = this.#columns.get(name);
    return column === undefined ? undefined : cellValue(this.row, column);
  }
}

const cells = new WeakMap<FlatLayout, NamedCells>();

/** Valid until the next row of its layout. */
function featuresOf(row: FlatRow): NamedCells {
  let named = cells.get(row.layout);
  if (named === undefined) {
    named = new NamedCells(row);
    cells.set(row.layout, named);
  }
  named.row = row;
  return named;
}
