import { expect, test } from 'vitest';
import type { NumericCells } from '../../../../src/diagnose/samples/row-samples.ts';
import { lostSign } from '../../../../src/diagnose/faults/units/lost-sign.ts';
import { FEATURES, sample } from '../../samples-of-columns.ts';

const ROWS = { reference: 4_000, current: 900 };

/** Two columns that go together. */
function columnsOf(change: (x: number) => number, below = 1): [NumericCells, NumericCells] {
  const lopsided = (x: number): number => (x < 0 ? below * x : x);
  const draw = (rows: number, seed: number): Float64Array => sample(seed, rows, (d) => lopsided(d.normal()));
  const [before, now] = [draw(ROWS.reference, 1), draw(ROWS.current, 2)];
  const beside = (of: Float64Array, seed: number): Float64Array => {
    const noise = sample(seed, of.length, (d) => d.normal());
    return of.map((x, row) => 0.8 * x + 0.6 * noise[row]!);
  };
  return [
    { name: 'x', kind: 'numeric', reference: before, current: now.map(change) },
    { name: 'y', kind: 'numeric', reference: beside(before, 3), current: beside(now, 4) },
  ];
}

const saidOf = ([x, ...others]: readonly NumericCells[]) => lostSign(x!, [x!, ...others], FEATURES);

test('all signs are gone, and what goes with the column is as it was', () => {
  const found = saidOf(columnsOf(Math.abs));
  expect(found?.finding).toMatchObject({ fault: 'sign_flip', feature: 'x' });
  expect(found?.otherwise).toBeUndefined();
  expect(found?.finding.detail).toContain('of such rows y would be another');
  expect(saidOf(columnsOf((x) => -Math.abs(x)))?.finding.detail).toContain('no value is above zero');
});

test('where the sides are unlike, the values say so by themselves', () => {
  const [x] = columnsOf(Math.abs, 0.2);
  const found = saidOf([x]);
  expect(found?.otherwise).toBeUndefined();
  expect(found?.finding.detail).toContain('values of rows above zero were others');
});

test('where nothing else tells who came, it is a reading; and rows of one sign are none', () => {
  const [x, y] = columnsOf(Math.abs);
  expect(saidOf([x])?.otherwise).toBe('only rows with x above zero came');
  const came = Int32Array.from(columnsOf((value) => value)[0].current.keys()).filter(
    (row) => columnsOf((value) => value)[0].current[row]! > 0,
  );
  const plain = columnsOf((value) => value)[0];
  const chosen = [
    { ...plain, current: Float64Array.from(came, (row) => plain.current[row]!) },
    { ...y, current: Float64Array.from(came, (row) => y.current[row]!) },
  ];
  expect(saidOf(chosen)?.otherwise).toBe('only rows with x above zero came');
  expect(saidOf(columnsOf((value) => value))).toBeNull();
  expect(saidOf(columnsOf((value) => Math.max(0, value)))).toBeNull();
});

test('in another season, by rows of which the other column says that they lay below', () => {
  const [x, y] = columnsOf((value) => value);
  const colder = (value: number): number => 0.6 * value - 0.9;
  const at = x.current.map(colder);
  const now = { ...y, current: y.current.map((value, row) => value + 0.8 * (at[row]! - x.current[row]!)) };
  const found = saidOf([{ ...x, current: at.map(Math.abs) }, now]);
  expect(found?.otherwise).toBeUndefined();
  expect(found?.finding.detail).toContain('y says that it was, and of as much');
  // Who came in a warm week is above zero, and so the other column has it.
  const warm = x.current.map((value) => Math.abs(value) + 0.5);
  const beside = y.current.map((value, row) => value + 0.8 * (warm[row]! - x.current[row]!));
  expect(
    saidOf([
      { ...x, current: warm },
      { ...y, current: beside },
    ]),
  ).toBeNull();
});

test('by the hours in which it was hardly ever above zero, in other weather and though it goes with nothing', () => {
  const hours = (rows: number): Float64Array => Float64Array.from({ length: rows }, (_, row) => row % 24);
  const flow = (rows: number, seed: number, size: number): Float64Array => {
    const noise = sample(seed, rows, (d) => d.normal());
    return noise.map((each, row) => size * (row % 24 < 12 ? 3 : -3) * ((row % 24) % 4 === 1 ? 1 : 0) + each);
  };
  const hour: NumericCells = { kind: 'numeric', name: 'hour', reference: hours(2400), current: hours(960) };
  const now = flow(960, 6, 0.7);
  const x = (current: Float64Array): NumericCells => ({
    kind: 'numeric',
    name: 'x',
    reference: flow(2400, 5, 1),
    current,
  });
  const found = lostSign(x(now.map(Math.abs)), [x(now)], FEATURES, [hour]);
  expect(found?.otherwise).toBeUndefined();
  expect(found?.finding.detail).toContain('rows hour says that it was');
  // Of rows that came at the hours of the kept sign only, nobody knows.
  const came = Int32Array.from(now.keys()).filter((row) => now[row]! > 0);
  const chosen = { ...hour, current: Float64Array.from(came, (row) => hour.current[row]!) };
  const kept = x(Float64Array.from(came, (row) => now[row]!));
  expect(lostSign(kept, [kept], FEATURES, [chosen])?.finding.detail ?? '').not.toContain('hour');
});
