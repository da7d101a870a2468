import { MAX_DEAD_LETTER_BYTES } from '../../../core/dead-letter.ts';
import type { RawRecord } from '../../../core/log-source.ts';
import { fail, ok, type Result } from '../../../core/result.ts';
import type { Decompress, DecompressionFailure } from '../codecs/decompression.ts';
import { broken } from '../codecs/decompression.ts';
import { decompressLz4 } from '../codecs/lz4.ts';
import { decompressSnappy } from '../codecs/snappy.ts';
import { decompressGzip, decompressZstd } from '../codecs/zlib-codecs.ts';
import type { RecordBatchBytes } from './record-batch.ts';
import { holdsRecords } from './record-frames.ts';
import { RecordReader } from './record-reader.ts';

interface Codec {
  readonly name: string;
  readonly decompress: Decompress;
}

/** By the number that a batch names them with. */
const CODECS: readonly (Codec | null)[] = [
  null,
  { name: 'gzip', decompress: decompressGzip },
  { name: 'snappy', decompress: decompressSnappy },
  { name: 'lz4', decompress: decompressLz4 },
  { name: 'zstd', decompress: decompressZstd },
];

/** A reader of the batch's records, or one record that stands for all of them and says why they cannot be read. */
export async function openBatch(
  batch: RecordBatchBytes,
  maxUnpackedBytes: number,
): Promise<RecordReader | RawRecord> {
  if (batch.codec === 0 && holdsRecords(batch.payload, batch.records)) {
    return new RecordReader(batch, batch.payload);
  }
  const unpacked = await unpack(batch, maxUnpackedBytes);
  return unpacked.ok ? new RecordReader(batch, unpacked.value) : unreadableRecord(batch, unpacked.error);
}

async function unpack(
  { codec, records, payload }: RecordBatchBytes,
  maxUnpackedBytes: number,
): Promise<Result<Buffer, DecompressionFailure>> {
  const known = CODECS[codec];
  const name = known?.name ?? (codec === 0 ? 'plain' : `codec ${codec}`);
  if (known === undefined) return fail({ reason: 'codec_error', detail: `no codec has the number ${codec}` });
  if (known === null) return broken(name, claims(records));
  const unpacked = await known.decompress(payload, maxUnpackedBytes);
  if (!unpacked.ok) return unpacked;
  return holdsRecords(unpacked.value, records) ? ok(unpacked.value) : broken(name, claims(records));
}

const claims = (records: number): string => `it does not hold the ${records} records it claims`;

function unreadableRecord(batch: RecordBatchBytes, failure: DecompressionFailure): RawRecord {
  const { firstOffset, lastOffset, firstTimestampMs, appendedAtMs, records, payload } = batch;
  return {
    offset: lastOffset,
    timestampMs: appendedAtMs ?? firstTimestampMs,
    key: null,
    value: payload.subarray(0, MAX_DEAD_LETTER_BYTES),
    unreadable: { ...failure, firstOffset, records: Math.max(1, records) },
  };
}
