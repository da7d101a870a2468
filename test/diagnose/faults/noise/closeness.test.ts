import { expect, test } from 'vitest';
import { forgetKept } from '../../../../src/core/memory/remember.ts';
import { closenessAmong } from '../../../../src/diagnose/faults/noise/closeness.ts';
import { correlationOfKnown } from '../../../../src/diagnose/relation/algebra/least-squares.ts';
import { createRandom } from '../../../../src/stats/random.ts';

const random = createRandom(21);
const columns = Array.from({ length: 10 }, (_, n) =>
  Float64Array.from({ length: 200 }, () => (n === 3 ? 7 : random() + n)),
);

test('is the correlation of each pair, to the last bit, and 0 where one does not vary', () => {
  const closeness = closenessAmong(columns, (column) => column);
  for (const a of columns) {
    for (const b of columns) if (a !== b) expect(closeness(a, b)).toBe(correlationOfKnown(a, b));
  }
  expect(closeness(columns[3]!, columns[4]!)).toBe(0);
});

test('is made once for all columns, and asked of fewer later, after forgetting too', () => {
  let drawn = 0;
  const draw = (column: Float64Array): Float64Array => {
    drawn += 1;
    return column.subarray(0, 50);
  };
  const some = columns.map((column) => column.slice());
  const all = closenessAmong(some, draw);
  forgetKept();
  const fewer = closenessAmong([some[8]!, some[1]!], draw);
  expect(fewer(some[1]!, some[8]!)).toBe(all(some[8]!, some[1]!));
  expect(drawn).toBe(10);
  closenessAmong([some[0]!, columns[0]!], draw);
  expect(drawn).toBe(12);
  // Those of before still tell what they told.
  expect(all(some[0]!, some[1]!)).toBe(correlationOfKnown(draw(some[0]!), draw(some[1]!)));
});
