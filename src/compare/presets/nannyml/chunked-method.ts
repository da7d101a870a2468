import { sum } from '../../../stats/elementary.ts';
import { alignCounts, countLevels, levelRows } from '../column-pair.ts';
import type { AlignedCounts, CategoricalPair, ColumnPair, NumericPair } from '../column-pair.ts';
import { unmeasured } from '../method.ts';
import type { MethodResult, Method } from '../method.ts';
import { chunksByNumber, cutIntoChunks } from '../reference-chunks.ts';
import { Sample } from '../sample.ts';
import { standardDeviationThreshold } from './threshold.ts';

/** A statistic of some rows against the whole reference, after whatever is learned from the reference once. */
export interface ChunkedStatistic {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly numeric?: (reference: Sample) => ((rows: Sample) => number) | null;
  readonly categorical?: (counts: AlignedCounts) => number;
  /** Where the threshold is cut off, as far as the statistic can reach. */
  readonly largest: number | null;
  readonly note?: (pair: ColumnPair) => string | null;
}

const TOO_FEW_ROWS = 'fewer rows than reference chunks: NannyML fails there';

/**
 * The value of all current rows as one chunk, against mean + 3 standard deviations of the value over the reference's
 * own chunks. Drift is above it.
 */
export function chunkedMethod(statistic: ChunkedStatistic): Method {
  return {
    name: statistic.name,
    aliases: statistic.aliases ?? [],
    kinds: [
      ...(statistic.numeric === undefined ? [] : (['numeric'] as const)),
      ...(statistic.categorical === undefined ? [] : (['categorical'] as const)),
    ],
    measure(pair) {
      const values = pair.kind === 'numeric' ? ofNumbers(statistic, pair) : ofLevels(statistic, pair);
      if (values === null) return unmeasured('the reference cannot be cut into bins of equal width');
      return judge(statistic, values, statistic.note?.(pair) ?? null);
    },
  };
}

interface ChunkValues {
  readonly value: number;
  readonly chunks: readonly number[];
}

function judge(
  statistic: ChunkedStatistic,
  { value, chunks }: ChunkValues,
  note: string | null,
): MethodResult {
  const threshold = standardDeviationThreshold(chunks, { multiplier: 3 });
  if (threshold === null) return { value, threshold: null, drifted: null, note: TOO_FEW_ROWS };
  const upper = Math.min(threshold, statistic.largest ?? Infinity);
  return { value, threshold: upper, drifted: value > upper, ...(note === null ? {} : { note }) };
}

/** Chunks without a single value have no value, and no part in the threshold. */
function ofNumbers(statistic: ChunkedStatistic, pair: NumericPair): ChunkValues | null {
  const measure = statistic.numeric?.(pair.reference) ?? null;
  if (measure === null) return null;
  const raw = pair.reference.raw;
  const samples = cutIntoChunks(raw, pair.chunks ?? chunksByNumber(raw.length, null)).map(
    (rows) => new Sample(rows),
  );
  return {
    value: measure(pair.current),
    chunks: samples.filter((sample) => sample.n > 0).map(measure),
  };
}

function ofLevels(statistic: ChunkedStatistic, pair: CategoricalPair): ChunkValues | null {
  const measure = statistic.categorical;
  if (measure === undefined) return null;
  const { codes, levels } = pair.referenceColumn;
  const whole = countLevels(pair.referenceColumn);
  const chunks = cutIntoChunks(codes, pair.chunks ?? chunksByNumber(codes.length, null))
    .map((rows) => alignCounts(whole, levelRows(levels, rows)))
    .filter((counts) => sum(counts.current) > 0);
  return { value: measure(pair.counts), chunks: chunks.map(measure) };
}
