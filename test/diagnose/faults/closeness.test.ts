import { expect, test } from 'vitest';
import { Closeness, closenessAmong } from '../../../src/diagnose/faults/closeness.ts';
import { correlationOfKnown } from '../../../src/diagnose/relation/algebra/least-squares.ts';
import { draws } from '../../../src/simulate/draws.ts';

const whole = (column: Float64Array): Float64Array => column;

function columns(rows: number, count: number): Float64Array[] {
  const d = draws(11);
  const first = Float64Array.from({ length: rows }, () => d.normal());
  const others = Array.from({ length: count - 1 }, (_, k) =>
    first.map((value) => k * value + d.normal() + 3),
  );
  return [first, ...others];
}

test('is the correlation of every two columns, to the last bit and in either order', () => {
  const all = [...columns(2500, 5), new Float64Array(2500).fill(0.1)];
  const closeness = new Closeness(all, whole);
  for (const a of all)
    for (const b of all) {
      expect(closeness.of(a, b)).toBe(correlationOfKnown(a, b));
      expect(closeness.of(b, a)).toBe(closeness.of(a, b));
    }
});

test('looks at drawn rows alone, and at each column once', () => {
  const all = columns(100, 3);
  let drawn = 0;
  const half = (column: Float64Array): Float64Array => {
    drawn += 1;
    return column.subarray(0, 50);
  };
  const closeness = closenessAmong(all, half);
  expect(closeness.of(all[0]!, all[2]!)).toBe(correlationOfKnown(half(all[0]!), half(all[2]!)));
  drawn = 0;
  // Fewer of the same columns: what is known of them serves.
  expect(closenessAmong(all.slice(0, 2), half)).toBe(closeness);
  expect(drawn).toBe(0);
  const more = [...all, ...columns(100, 1)];
  expect(closenessAmong(more, half)).not.toBe(closeness);
  expect(drawn).toBe(more.length);
});

test('knows nothing of other columns', () => {
  const [a, b] = columns(20, 2);
  expect(() => new Closeness([a!], whole).of(a!, b!)).toThrow('a column that nobody has told of');
});
