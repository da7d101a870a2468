/** Run by hostile-memory.test.ts in a process with little memory: puts hostile messages through every decoder. */
import { PRESET_FORMATS, DEFAULT_FORMAT_SETTINGS, JSON_EVENTS } from '../../src/core/events/log-format.ts';
import { formatOf } from '../../src/decode/formats.ts';
import { DEFAULT_DECODE_LIMITS } from '../../src/decode/limits.ts';
import { createRecordDecoder } from '../../src/decode/record-decoder.ts';

const event = (rest: string): string => `{"type":"prediction","model":"m","prediction_id":"a",${rest}}`;
const many = (count: number, one: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => one(index)).join(',');

const CORPUS: readonly (readonly [string, Uint8Array | string | null])[] = [
  ['bare numbers', event('"features":{"a":NaN,"b":-Infinity,"c":1e999}')],
  [
    'a number for an id',
    '{"type":"prediction","model":"m","prediction":1,"prediction_id":12345678901234567890}',
  ],
  ['duplicate keys', event('"features":{"a":1,"a":2},"features":{"b":3}')],
  ['keys of prototypes', event('"features":{"__proto__":1,"constructor":2},"__proto__":{"x":1}')],
  ['10,000 levels', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
  ['5 MB', event(`"features":{"a":"${'x'.repeat(5_000_000)}"}`)],
  ['100,000 names', event(`"features":{${many(100_000, (i) => `"f${i}":1`)}}`)],
  ['40,000 names below the byte limit', event(`"features":{${many(40_000, (i) => `"f${i}":1`)}}`)],
  ['250,000 rows', `{"instances":[${many(250_000, () => '1')}]}`],
  [
    'a stack of strings of JSON',
    JSON.stringify({ request: '['.repeat(400_000) + ']'.repeat(400_000), databricks_request_id: 'd' }),
  ],
  ['broken UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ['a tombstone', null],
  ['nulls', event('"features":null,"tags":null,"prediction":null,"timestamp":null')],
  ['wrong types', event('"features":[1],"prediction":{},"score":"x"')],
];

const formats = [
  JSON_EVENTS,
  ...PRESET_FORMATS.map(({ name }) => ({
    ...JSON_EVENTS,
    name,
    settings: { ...DEFAULT_FORMAT_SETTINGS, model: 'm' },
  })),
];
const cpuMsSince = (before: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
};
const results: { format: string; message: string; outcome: string; bytes: number; cpuMs: number }[] = [];
for (const format of formats) {
  const decoder = createRecordDecoder(formatOf(format), DEFAULT_DECODE_LIMITS, {
    typeFromTopic: 'prediction',
  });
  for (const [message, given] of CORPUS) {
    const value = typeof given === 'string' ? Buffer.from(given) : given;
    const began = process.cpuUsage();
    const decoded = decoder.decode(
      { offset: 1n, timestampMs: Date.UTC(2026, 2, 1), key: null, value },
      { source: 'kafka:seldon.default.model.m.inputs', partition: 0, offset: 1n },
    );
    results.push({
      format: format.name,
      message,
      outcome: decoded.ok ? 'events' : decoded.error.reason,
      bytes: decoded.ok ? 0 : decoded.error.bytes.byteLength,
      cpuMs: cpuMsSince(began),
    });
  }
}

// A million categories, one a message: nothing of them may stay.
const plain = createRecordDecoder(formatOf(JSON_EVENTS), DEFAULT_DECODE_LIMITS, {});
const began = process.cpuUsage();
for (let index = 0; index < 1_000_000; index += 1) {
  const value = Buffer.from(`{"type":"prediction","model":"m","features":{"c":"category-${index}"}}`);
  plain.decode(
    { offset: 1n, timestampMs: 1, key: null, value },
    { source: 'kafka:t', partition: 0, offset: 1n },
  );
}
results.push({
  format: 'json',
  message: 'a million categories',
  outcome: 'events',
  bytes: 0,
  cpuMs: cpuMsSince(began),
});
process.stdout.write(JSON.stringify(results));
