import { readExactJson } from './json-message.ts';
import { DEFAULT_DECODE_LIMITS } from './limits.ts';
import { recognise } from './presets/presets.ts';
import type { RawRecord } from '../core/events/log-source.ts';

/** The preset that at least half of these messages look like. @param topic null: they are of no topic */
export function recogniseFormat(records: readonly RawRecord[], topic: string | null): string | null {
  const votes = new Map<string, number>();
  for (const record of records) {
    const read = readExactJson(record.value, DEFAULT_DECODE_LIMITS);
    const headers = new Map(
      [...(record.headers ?? [])].map(([name, value]) => [name.toLowerCase(), Buffer.from(value).toString()]),
    );
    const name = recognise({ value: read.ok ? read.value.value : null, headers, key: null, topic })?.name;
    if (name !== undefined) votes.set(name, (votes.get(name) ?? 0) + 1);
  }
  const [best] = [...votes].sort(([, a], [, b]) => b - a);
  return best === undefined || best[1] * 2 < records.length ? null : best[0];
}
