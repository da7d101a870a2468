import type { Column, Table } from '../../src/core/table.ts';
import { levels, numeric } from '../simulate/table-of-rows.ts';

/** Numbers become a numeric column, text a categorical one. */
export interface Columns {
  readonly features: Readonly<Record<string, readonly (number | string)[]>>;
  readonly label?: readonly (number | string | null)[];
  readonly score?: readonly number[];
  readonly timestampMs?: readonly number[];
}

export function tableOf({ features, label, score, timestampMs }: Columns): Table {
  const columns = Object.entries(features).map(([name, values]): Column =>
    typeof values[0] === 'number' ? numeric(name, values) : levels(name, values),
  );
  const isNumber = label?.some((value) => typeof value === 'number') ?? false;
  return {
    rows: Object.values(features)[0]?.length ?? 0,
    features: columns,
    prediction: null,
    score: score === undefined ? null : numeric('score', score),
    label: label === undefined ? null : isNumber ? numeric('label', label) : levels('label', label),
    timestampMs: timestampMs === undefined ? null : Float64Array.from(timestampMs),
    predictionId: null,
  };
}
