import type { OperationalSpec } from '../core/operational.ts';
import { OPERATIONAL_METRICS } from '../core/operational.ts';
import { byteSize } from './byte-size.ts';
import type { ModelEntry } from './schema/root.ts';

export function resolveOperational(given: NonNullable<ModelEntry['operational']>): OperationalSpec {
  return {
    limits: Object.fromEntries(
      OPERATIONAL_METRICS.flatMap((metric) => {
        const limit = given[metric];
        return limit === undefined ? [] : [[metric, limit]];
      }),
    ),
    maxSizeBytes: given.size === undefined ? null : bytesOf(given.size.max),
    minChange: given.min_change,
    baselineWindows: given.baseline_windows,
  };
}

/** By version. */
export function resolveVersionSizes(given: NonNullable<ModelEntry['versions']>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, { size_bytes: size }]) =>
      size === undefined ? [] : [[name, bytesOf(size)]],
    ),
  );
}

/** Expects what has passed the schema. */
function bytesOf(size: number | string): number {
  const bytes = typeof size === 'number' ? size : byteSize(size);
  if (bytes === null) throw new Error(`${size} was resolved without having been checked`);
  return bytes;
}
