import { expect, test } from 'vitest';
import type { NumericCells } from '../../../src/diagnose/samples/row-samples.ts';
import { copiedColumns } from '../../../src/diagnose/faults/copied-columns.ts';
import { FEATURES, sample } from '../samples-of-columns.ts';

const ROWS = { reference: 4_000, current: 1_500 };

/** Two columns of like values, each with one that goes with it; every sixth row changed. */
function columnsOf(change: (a: number, b: number) => number, isWitnessed = true): NumericCells[] {
  const side = (rows: number, seed: number, isCurrent: boolean): Float64Array[] => {
    const a = sample(seed, rows, (d) => Math.round(60 + 15 * d.normal()));
    const b = sample(seed + 1, rows, (d) => Math.round(60 + 15 * d.normal()));
    const beside = (of: Float64Array, from: number): Float64Array => {
      const noise = sample(from, rows, (d) => 10 * d.normal());
      return of.map((value, row) => value + noise[row]!);
    };
    const witnesses = isWitnessed ? [beside(a, seed + 2), beside(b, seed + 3)] : [];
    const changed = a.map((value, row) => (isCurrent && row % 6 === 0 ? change(value, b[row]!) : value));
    return [changed, b, ...witnesses];
  };
  const [before, now] = [side(ROWS.reference, 11, false), side(ROWS.current, 21, true)];
  return before.map((reference, i) => ({
    name: ['a', 'b', 'withA', 'withB'][i]!,
    kind: 'numeric',
    reference,
    current: now[i]!,
  }));
}

const found = (columns: readonly NumericCells[]): string[] =>
  copiedColumns(columns, FEATURES).map(({ finding }) => finding.feature);

test('of two columns of like values the one that goes with the other’s company is named', () => {
  expect(found(columnsOf((_, b) => b))).toEqual(['a']);
  // Which of both it is nobody can tell without.
  expect(found(columnsOf((_, b) => b, false))).toEqual([]);
  expect(found(columnsOf((a) => a))).toEqual([]);
});

test('of unlike values the one whose values are not its own', () => {
  const unlike = columnsOf((_, b) => b, false).map((pair) => ({
    ...pair,
    reference: pair.name === 'b' ? pair.reference.map((value) => value + 25) : pair.reference,
  }));
  const [a, b] = unlike;
  const moved = { ...b!, current: b!.current.map((value) => value + 25) };
  const own = columnsOf((value) => value, false)[0]!.current;
  const copied = own.map((value, row) => (row % 6 === 0 ? moved.current[row]! : value));
  expect(found([{ ...a!, current: copied }, moved])).toEqual(['a']);
});

test('what lies below another without being limited by it may be it in some rows; what is limited may reach its limit', () => {
  const pulse = (rows: number, seed: number): Float64Array =>
    sample(seed, rows, (d) => Math.round(75 + 10 * d.normal()));
  const pressure = (rows: number, seed: number): Float64Array =>
    sample(seed, rows, (d) => Math.round(145 + 12 * d.normal()));
  const copied = (a: Float64Array, b: Float64Array): Float64Array =>
    a.map((value, row) => (row % 8 === 0 ? b[row]! : value));
  const [before, now] = [pressure(4_000, 41), pressure(1_500, 42)];
  const b = { name: 'pressure', kind: 'numeric', reference: before, current: now } as const;
  const a = {
    name: 'pulse',
    kind: 'numeric',
    reference: pulse(4_000, 43),
    current: copied(pulse(1_500, 44), now),
  } as const;
  expect(found([a, b])).toEqual(['pulse']);
  const sold = (seats: Float64Array, seed: number): Float64Array => {
    const share = sample(seed, seats.length, (d) => 0.5 + 0.4 * d.uniform());
    return seats.map((count, row) => Math.round(count * share[row]!));
  };
  const full = { ...a, name: 'sold', reference: sold(before, 45), current: copied(sold(now, 46), now) };
  expect(found([full, b])).toEqual([]);
});
