import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { RawRecord } from '../../core/log-source.ts';
import { unreadableRange } from './codecs/unreadable-batch.ts';

/**
 * kafkajs's messages as records. Where a batch could not be unpacked, the stand-ins for its records are left
 * out and only the marked one remains, at the batch's last offset.
 */
export function rawRecords(messages: readonly KafkaMessage[]): RawRecord[] {
  let records: RawRecord[] = [];
  for (const message of messages) {
    const offset = BigInt(message.offset);
    const unreadable = unreadableRange(message.headers);
    if (unreadable !== null) records = records.filter((record) => record.offset < unreadable.firstOffset);
    const headers = headerMap(message.headers);
    records.push({
      offset,
      timestampMs: Number(message.timestamp),
      key: message.key,
      value: message.value,
      ...(unreadable === null ? {} : { unreadable }),
      ...(headers === null || unreadable !== null ? {} : { headers }),
    });
  }
  return records;
}

/** Of repeated headers the last counts. Null when there are none, as on most records. */
function headerMap(headers: IHeaders | undefined): ReadonlyMap<string, Uint8Array> | null {
  const entries = Object.entries(headers ?? {});
  if (entries.length === 0) return null;
  const map = new Map<string, Uint8Array>();
  for (const [name, value] of entries) {
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined) map.set(name, typeof last === 'string' ? Buffer.from(last) : last);
  }
  return map;
}
