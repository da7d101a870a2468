import kafkajs from 'kafkajs';
import { batchHeaderBefore } from './batch-header.ts';
import type { Decompress, DecompressionFailure } from './decompression.ts';
import { broken } from './decompression.ts';
import { decompressLz4 } from './lz4.ts';
import { holdsRecords } from './record-frames.ts';
import { decompressSnappy } from './snappy.ts';
import { unreadableRecords } from './unreadable-batch.ts';
import { decompressGzip, decompressZstd } from './zlib-codecs.ts';

export interface CodecLimits {
  /** Of one batch, unpacked. */
  readonly maxBatchBytes: number;
  /** kafkajs makes an object of some 400 bytes per record before anybody can look at it. */
  readonly maxBatchRecords: number;
  /**
   * Of one fetch, which holds many batches: kafkajs unpacks all of them, for all partitions of a broker, before
   * anybody sees a record. Exceeded by at most one batch.
   */
  readonly maxFetchBytes: number;
}

export const DEFAULT_CODEC_LIMITS: CodecLimits = {
  maxBatchBytes: 64 * 1024 * 1024,
  maxBatchRecords: 250_000,
  maxFetchBytes: 256 * 1024 * 1024,
};

interface Codec {
  compress(encoder: unknown): Promise<Buffer>;
}

const RECORD_OBJECT_BYTES = 400;
/** Since the last fetch ended, with the objects that records will become. */
let unpackedBytes = 0;

/** To be called when a fetch has ended. Several brokers share the count, so that it may be reset early. */
export function resetFetchBudget(): void {
  unpackedBytes = 0;
}

/**
 * Ends the reading of a partition's part of the fetch: kafkajs takes it for a batch that was cut off, delivers
 * what came before and fetches the rest again.
 */
function putOffWhenSpent(maxFetchBytes: number): void {
  if (unpackedBytes < maxFetchBytes) return;
  throw new PutOff('the fetch has unpacked enough for now');
}

/** kafkajs knows its own errors by their name; the constructor of this one takes no message. */
class PutOff extends Error {
  override readonly name = 'KafkaJSPartialMessageError';
}

/** The codecs of a Kafka client. Replaces kafkajs's own gzip, which unpacks without a limit. */
export function registerCodecs(limits: CodecLimits = DEFAULT_CODEC_LIMITS): void {
  const { CompressionCodecs, CompressionTypes } = kafkajs;
  const gzip = CompressionCodecs[CompressionTypes.GZIP]() as Codec;
  const readOnly = {
    compress(): never {
      throw new kafkajs.KafkaJSNonRetriableError('only gzip is available for producing');
    },
  };
  CompressionCodecs[CompressionTypes.GZIP] = () => ({
    compress: (encoder: unknown) => gzip.compress(encoder),
    decompress: (compressed: Buffer) => unpackBatch('gzip', decompressGzip, compressed, limits),
  });
  const others = [
    [CompressionTypes.Snappy, 'snappy', decompressSnappy],
    [CompressionTypes.LZ4, 'lz4', decompressLz4],
    [CompressionTypes.ZSTD, 'zstd', decompressZstd],
  ] as const;
  for (const [type, name, decompress] of others) {
    CompressionCodecs[type] = () => ({
      ...readOnly,
      decompress: (compressed: Buffer) => unpackBatch(name, decompress, compressed, limits),
    });
  }
}

/**
 * The records of a batch, or records that say why there are none. Throws only when the batch's header is out of
 * reach or claims more records than can be answered; the consumer then stops and its health says why.
 */
export async function unpackBatch(
  name: string,
  decompress: Decompress,
  compressed: Buffer,
  limits: CodecLimits,
): Promise<Buffer> {
  putOffWhenSpent(limits.maxFetchBytes);
  const header = batchHeaderBefore(compressed);
  if (header !== null && header.records > limits.maxBatchRecords) {
    throw new kafkajs.KafkaJSNonRetriableError(
      `the ${name} batch at offset ${header.firstOffset} claims ${header.records} records; at most ${limits.maxBatchRecords} can be read`,
    );
  }
  unpackedBytes += (header?.records ?? 0) * RECORD_OBJECT_BYTES;
  const unpacked = await decompress(compressed, limits.maxBatchBytes);
  if (unpacked.ok) unpackedBytes += unpacked.value.length;
  let failure: DecompressionFailure;
  if (unpacked.ok) {
    if (header === null || holdsRecords(unpacked.value, header.records)) return unpacked.value;
    failure = broken(name, `it does not hold the ${header.records} records it claims`).error;
  } else {
    failure = unpacked.error;
  }
  if (header === null) throw new kafkajs.KafkaJSNonRetriableError(failure.detail);
  return unreadableRecords(header, failure, compressed);
}
