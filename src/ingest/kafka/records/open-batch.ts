import { MAX_DEAD_LETTER_BYTES } from '../../../core/events/dead-letter.ts';
import type { RawRecord } from '../../../core/events/log-source.ts';
import { fail, ok, type Result } from '../../../core/result.ts';
import { codecOf } from '../codecs/codec-of.ts';
import { broken, type DecompressionFailure } from '../codecs/decompression.ts';
import type { RecordBatchBytes } from './record-batch.ts';
import { holdsRecords } from './record-frames.ts';
import { RecordReader } from './record-reader.ts';

/** The batch's records, or one that stands for all of them and says why they cannot be read. */
export async function openBatch(
  batch: RecordBatchBytes,
  maxUnpackedBytes: number,
): Promise<RecordReader | readonly RawRecord[]> {
  // Compaction keeps the header of a producer's last batch, to know its numbers by.
  if (batch.records === 0 && batch.payload.length === 0) return [];
  if (batch.codec === 0 && holdsRecords(batch.payload, batch.records)) {
    return new RecordReader(batch, batch.payload);
  }
  const unpacked = await unpack(batch, maxUnpackedBytes);
  return unpacked.ok ? new RecordReader(batch, unpacked.value) : [unreadableRecord(batch, unpacked.error)];
}

async function unpack(
  { codec, records, payload }: RecordBatchBytes,
  maxUnpackedBytes: number,
): Promise<Result<Buffer, DecompressionFailure>> {
  if (codec === 0) return broken('plain', claims(records));
  const known = codecOf(codec);
  if (known === null) return fail({ reason: 'codec_error', detail: `no codec has the number ${codec}` });
  const unpacked = await known.decompress(payload, maxUnpackedBytes);
  if (!unpacked.ok) return unpacked;
  return holdsRecords(unpacked.value, records) ? ok(unpacked.value) : broken(known.name, claims(records));
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
