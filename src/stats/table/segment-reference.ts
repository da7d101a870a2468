import { classLabel } from '../../core/columns/class-label.ts';
import type { Column, Table } from '../../core/table.ts';
import type { FeatureProfile } from '../profile/feature-profile.ts';
import type { FeatureReference, ReferenceProfile } from '../profile/feature-reference.ts';
import { profileTable } from './table-profile.ts';
import { takeRows } from './sample-rows.ts';

/** Fewer training rows than this say too little about a segment. */
const MIN_SEGMENT_REFERENCE_ROWS = 200;

/**
 * The baseline of one segment: the rows of the baseline's sample that belong to it, counted on the baseline's
 * own grid and levels, so that the segment's windows can be measured against it.
 *
 * @param segment `<feature>=<value>`
 * @returns null when the sample holds too few such rows, or the segment is made of a tag no training row has
 */
export function segmentReference(
  segment: string,
  reference: ReferenceProfile,
  sample: Table,
): { readonly reference: ReferenceProfile; readonly rows: Table } | null {
  const rows = segmentRows(segment, sample);
  if (rows === null || rows.length < MIN_SEGMENT_REFERENCE_ROWS) return null;
  // In a segment no value stays for more rows than in all of them.
  const taken = rows.length === sample.rows ? allOf(sample) : takeRows(sample, rows);
  const table = { ...taken, ...(sample.habits !== undefined && { habits: sample.habits }) };
  const { input, labels } = profileTable(table, reference);
  return {
    rows: table,
    reference: {
      task: reference.task,
      positiveClass: reference.positiveClass,
      rows: table.rows,
      features: input.features.map(asReference),
      prediction: reference.prediction === null ? null : asReference(input.prediction),
      score: reference.score === null ? null : asReference(input.score),
      label: reference.label === null ? null : asReference(labels.label),
      performance: reference.performance === null ? null : labels.performance,
    },
  };
}

/** As `takeRows` of all of them, with the columns of the sample: what was made of these serves the segment, too. */
function allOf({ habits: _habits, windows: _windows, ...sample }: Table): Table {
  const readable = <C extends Column>(column: C): C =>
    column.invalid === 0 ? column : { ...column, invalid: 0 };
  const { operation, probabilities } = sample;
  return {
    ...sample,
    features: sample.features.map(readable),
    prediction: sample.prediction && readable(sample.prediction),
    score: sample.score && readable(sample.score),
    label: sample.label && readable(sample.label),
    ...(probabilities !== undefined && {
      probabilities: new Map([...probabilities].map(([name, column]) => [name, readable(column)])),
    }),
    ...(operation !== undefined && {
      operation: {
        latencyMs: operation.latencyMs && readable(operation.latencyMs),
        cost: operation.cost && readable(operation.cost),
        energyJ: operation.energyJ && readable(operation.energyJ),
        error: operation.error && readable(operation.error),
      },
    }),
  };
}

function segmentRows(segment: string, sample: Table): Int32Array | null {
  const at = segment.indexOf('=');
  const name = segment.slice(0, at);
  const value = segment.slice(at + 1);
  const column = sample.features.find((each) => each.name === name);
  if (column === undefined) return null;
  const belongs =
    column.kind === 'numeric'
      ? (row: number) => classLabel(column.values[row] ?? Number.NaN) === value
      : (row: number) => column.levels[column.codes[row] ?? -1] === value;
  const rows: number[] = [];
  for (let row = 0; row < sample.rows; row++) if (belongs(row)) rows.push(row);
  return Int32Array.from(rows);
}

/** What was counted of one feature, as what later counts on the same grid are compared with. */
export function asReference(profile: FeatureProfile): FeatureReference {
  const counts = {
    rows: profile.rows,
    missing: profile.missing,
    invalid: profile.invalid,
    infinite: profile.infinite,
  };
  if (profile.kind !== 'numeric') {
    return {
      ...profile.reference,
      ...counts,
      counts: Float64Array.from(profile.counts),
      otherLevels: 0,
      otherCount: profile.newLevels.total,
    };
  }
  const deviation = profile.standardDeviation ?? 0;
  return {
    ...profile.reference,
    ...counts,
    equal: Float64Array.from(profile.equal),
    between: Float64Array.from(profile.between),
    betweenSums: Float64Array.from(profile.between, (_, gap) => profile.betweenSums.get(gap)),
    n: profile.n,
    mean: profile.mean ?? profile.reference.mean,
    m2: deviation ** 2 * profile.n,
  };
}
