import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { classLabel } from '../../../src/core/columns/class-label.ts';
import type { FlatLayout } from '../../../src/core/events/flat-row.ts';
import type { Task } from '../../../src/core/model.ts';
import { createDecoder } from '../../../src/decode/decoder.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../src/decode/limits.ts';
import { FlatCounting } from '../../../src/stats/profile/flat/flat-counting.ts';
import { InputProfile } from '../../../src/stats/profile/input-profile.ts';
import { buildReference } from '../../../src/stats/table/table-reference.ts';
import { levelColumn, numericColumn, tableOf } from '../../stats/profile/rows.ts';
import { POSITION, RECORD_MS } from '../decode.ts';
import { createReader, testKernel } from './fast-decoder.ts';
import { cousins, siblings } from './messages.ts';

const classes = ['yes', 'no', 'yes', 'yes', '1', 'yes'];
const numbers = [-3, -1.5, 0, 0.1, 2, 5];
const training = tableOf([
  numericColumn('x', numbers),
  levelColumn('c', ['a', 'a', 'b', '', null, 'é']),
  numericColumn('absent', numbers),
  numericColumn('__proto__', [7, 7, 7, 7, 7, 7]),
]);
const score = numericColumn('score', [0.1, 0.2, 0.3, 0.8, 0.9, 0.5]);
const REFERENCES = [
  { task: 'classification', outcome: levelColumn('prediction', classes) },
  { task: 'regression', outcome: numericColumn('prediction', numbers) },
] as const;

const MESSAGES = [
  { of: 'one shape', messages: siblings, numRuns: 200 },
  { of: 'shapes that change', messages: cousins, numRuns: 100 },
];

it.each(REFERENCES.flatMap((reference) => MESSAGES.map((messages) => ({ ...reference, ...messages }))))(
  'flat rows of $of for a $task are counted as their events are, bit for bit',
  ({ task, outcome, messages, numRuns }) => {
    const reference = buildReference(
      { ...training, prediction: outcome, label: { ...outcome, name: 'label' }, score },
      { task: task satisfies Task, positiveClass: task === 'classification' ? 'yes' : null },
    );
    const decode = createDecoder(DEFAULT_DECODE_LIMITS);
    let counted = 0;
    fc.assert(
      fc.property(messages, fc.constantFrom<1 | -1>(1, -1), (given, sign) => {
        const reader = createReader(DEFAULT_DECODE_LIMITS);
        const flat = [new InputProfile(reference, task), new InputProfile(reference, task)] as const;
        const ordinary = new InputProfile(reference, task);
        const countings = new Map<FlatLayout, FlatCounting>();
        const block = [...given, ...given].map((value) => ({ value, timestampMs: RECORD_MS }));
        const flush = (): void => countings.forEach((each) => each.flush());
        for (const [i, { value: bytes }] of block.entries()) {
          const result = decode(bytes, POSITION, RECORD_MS);
          if (!result.ok || result.value.type === 'label') continue;
          const event = result.value;
          if (!reader.holds(block, i)) flush();
          const row = reader.read(block, i);
          if (row === null) {
            flush();
            if (!bytes.includes('NaN') && !bytes.includes('Infinity')) reader.learn(bytes, event);
            continue;
          }
          const part = event.type === 'features' ? 'features' : 'all';
          const counting =
            countings.get(row.layout) ?? new FlatCounting(testKernel(), row.layout, ordinary, part);
          countings.set(row.layout, counting);
          const prediction = event.type === 'prediction' ? event.prediction : null;
          if (!counting.take(row, flat, sign)) {
            expect(task).toBe('regression');
            expect(typeof prediction).toBe('string');
            continue;
          }
          // Sums depend on the order in their last bits, so rows of different shapes are not held at once.
          if (countings.size > 1) flush();
          counted += 1;
          const asClass =
            task === 'classification' && prediction !== null ? classLabel(prediction) : prediction;
          if (event.type === 'features') ordinary.addFeatures(event.features, sign);
          else ordinary.add({ ...event, prediction: asClass }, sign);
        }
        flush();
        for (const profile of flat) {
          expect(Buffer.compare(profile.encode(), ordinary.encode())).toBe(0);
        }
      }),
      { numRuns, seed: 20_260_301 },
    );
    expect(counted).toBeGreaterThan(200);
  },
);

it('refuses rows of another layout, and profiles without a baseline', () => {
  const decode = createDecoder(DEFAULT_DECODE_LIMITS);
  const reader = createReader(DEFAULT_DECODE_LIMITS);
  const rowOf = (text: string) => {
    const bytes = Buffer.from(text);
    const result = decode(bytes, POSITION, RECORD_MS);
    if (!result.ok) throw new Error(result.error.detail);
    reader.learn(bytes, result.value);
    const row = reader.read([{ value: bytes, timestampMs: RECORD_MS }], 0);
    if (row === null) throw new Error('not learned');
    return row;
  };
  const first = rowOf('{"type":"prediction","model":"m","features":{"x":1}}');
  const reference = buildReference(training, { task: 'classification', positiveClass: null });
  const profile = new InputProfile(reference, 'classification');
  const counting = new FlatCounting(testKernel(), first.layout, profile);
  const other = rowOf('{"type":"prediction","model":"m","features":{"y":1}}');
  expect(() => counting.take(other, [profile], 1)).toThrow('another layout');
  expect(
    () => new FlatCounting(testKernel(), first.layout, new InputProfile(null, 'classification')),
  ).toThrow('baseline');
});
