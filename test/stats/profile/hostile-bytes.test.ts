import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '../../../src/stats/bytes.ts';
import { InputProfile } from '../../../src/stats/profile/input-profile.ts';
import { LabelProfile } from '../../../src/stats/profile/outcomes/label-profile.ts';
import { decodeReference, encodeReference } from '../../../src/stats/profile/reference-codec.ts';
import { decodeRowSample, encodeRowSample } from '../../../src/stats/profile/rows/row-sample-codec.ts';
import { RowSample } from '../../../src/stats/profile/rows/row-sample.ts';
import { decodeTable, encodeTable } from '../../../src/stats/table-codec.ts';
import { buildReference } from '../../../src/stats/table/table-reference.ts';
import { levelColumn, numericColumn, tableOf } from './rows.ts';

const classes = levelColumn('prediction', ['yes', 'no', 'yes', 'yes', 'no', 'yes']);
const training = tableOf(
  [
    numericColumn('x', [-3, -1.5, 0, 0, 2, 5]),
    levelColumn('c', ['a', 'a', 'b', 'c', null, 'a']),
    numericColumn('gap', [Number.NaN, 1e300, 0.1, -0, 3, 1 / 3]),
  ],
  {
    prediction: classes,
    score: numericColumn('score', [0.1, 0.2, 0.3, 0.8, 0.9, 0.5]),
    label: { ...classes, name: 'label' },
  },
);
const reference = buildReference(training, { task: 'classification', positiveClass: 'yes' });

const known = new InputProfile(reference, 'classification');
const untyped = new InputProfile(null, 'classification');
const labels = new LabelProfile(reference, 'classification');
const rows = new RowSample(reference);
for (let i = 0; i < 40; i++) {
  const features = new Map<string, number | string>([
    ['x', i / 7],
    ['c', `level ${i}`],
    [`unknown ${i}`, 1],
  ]);
  const prediction = i % 3 === 0 ? 'yes' : 'no';
  known.add({ features, prediction, score: i / 40 }, 1);
  untyped.add({ features, prediction, score: i / 40 }, 1);
  labels.add('yes', prediction, i / 40, 1);
  rows.addPrediction(BigInt(i * i), features, {
    prediction,
    score: i / 40,
    segments: [`c=${i % 4}`],
    atMs: 1_000 * i,
    probabilities: { classes: ['a', 'b', 'c'], values: [i / 40, 0.5, 1 / (i + 1)] },
  });
  rows.addLabel(BigInt(i), 'no', { sourceRank: 1, final: true, atMs: i, position: `kafka:l/0/${i}` });
}

const CODECS: { name: string; bytes: Uint8Array; decode: (bytes: Uint8Array) => unknown }[] = [
  {
    name: 'inputs',
    bytes: known.encode(),
    decode: (bytes) => InputProfile.decode(bytes, reference, 'classification'),
  },
  {
    name: 'inputs without baseline',
    bytes: untyped.encode(),
    decode: (bytes) => InputProfile.decode(bytes, null, 'classification'),
  },
  {
    name: 'labels',
    bytes: labels.encode(),
    decode: (bytes) => LabelProfile.decode(bytes, reference, 'classification'),
  },
  { name: 'rows', bytes: encodeRowSample(rows), decode: (bytes) => decodeRowSample(bytes, reference) },
  { name: 'baseline', bytes: encodeReference(reference), decode: decodeReference },
  { name: 'table', bytes: encodeTable(training), decode: decodeTable },
];
const HUGE = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f];

/** Null when the bytes were refused; anything but an ordinary refusal is a failure. */
function attempt(decode: (bytes: Uint8Array) => unknown, bytes: Uint8Array): unknown {
  try {
    return decode(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message).not.toContain('memory');
    return null;
  }
}

describe.each(CODECS)('bytes of $name', ({ bytes, decode }) => {
  it('are refused when cut short anywhere', () => {
    for (let length = bytes.length - 1; length >= 0; length -= Math.ceil(bytes.length / 150)) {
      expect(() => decode(bytes.slice(0, length))).toThrow();
    }
  });

  it('never hang or fill the memory, whatever is changed in them', () => {
    const before = process.memoryUsage().rss;
    fc.assert(
      fc.property(
        fc.nat(bytes.length - 1),
        fc.uint8Array({ maxLength: 9 }),
        fc.boolean(),
        (at, given, huge) => {
          const damaged = Uint8Array.from([
            ...bytes.slice(0, at),
            ...(huge ? HUGE : given),
            ...bytes.slice(at + given.length),
          ]);
          attempt(decode, damaged);
        },
      ),
      { numRuns: 300, seed: 20_260_301 },
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 2 ** 20);
  });
});

describe('a byte reader', () => {
  const written = (write: (writer: ByteWriter) => void): ByteReader => {
    const writer = new ByteWriter();
    write(writer);
    return new ByteReader(writer.finish());
  };

  it('refuses numbers beyond 2^53, counts of more than is there, and texts that are not UTF-8', () => {
    expect(() => new ByteReader(Uint8Array.from([...new Uint8Array(8).fill(0xff), 1])).unsigned()).toThrow(
      'too long',
    );
    expect(() =>
      new ByteReader(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f)).unsigned(),
    ).toThrow('too long');
    expect(written((writer) => writer.unsigned(Number.MAX_SAFE_INTEGER)).unsigned()).toBe(
      Number.MAX_SAFE_INTEGER,
    );
    expect(() => written((writer) => writer.unsigned(3)).count(1)).toThrow('more entries than bytes');
    expect(() => new ByteReader(Uint8Array.of(2, 0xff)).string()).toThrow('UTF-8');
    expect(() => written((writer) => writer.unsigned(1)).bits64()).toThrow();
  });

  it('gives back 64 bits and lone surrogates as they were', () => {
    for (const value of [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n)]) {
      expect(written((writer) => writer.bits64(value)).bits64()).toBe(value);
    }
    expect(written((writer) => writer.string('a\ud800')).string()).toBe('a\ud800');
  });
});
