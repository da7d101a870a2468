/** Values of accounts and of subjects, of which each has many rows at once. */
import { expect, test } from 'vitest';
import { codedPair } from '../../../src/diagnose/faults/coded-pair.ts';
import { filledValue } from '../../../src/diagnose/faults/filled-value.ts';
import { sortColumns } from '../../../src/diagnose/faults/sorted-pair.ts';
import type { NumericCells } from '../../../src/diagnose/samples/row-samples.ts';
import { draws } from '../../../src/simulate/draws.ts';
import type { Draws } from '../../../src/simulate/draws.ts';

/** In any order, so that hardly a row follows one of its own account, beside a table without times. */
function filled(reference: Float64Array, values: readonly number[], draw: Draws): string | undefined {
  const current = Float64Array.from(values.toSorted(() => draw.uniform() - 0.5));
  const cells: NumericCells = { kind: 'numeric', name: 'of_an_account', reference, current };
  const [sorted] = sortColumns([cells]);
  return filledValue(codedPair(cells), sorted, undefined, 3, {
    areAsOthers: () => true,
    newLevelOf: () => null,
    kinOf: () => null,
    areOfOneKind: () => false,
    inTime: Int32Array.from(current.keys()),
  })?.finding.fault;
}

test('searches of one account are no value that was filled in where other accounts search as much', () => {
  const draw = draws(15);
  const account = (): number => Math.round(1_000 * draw.uniform());
  const some = (count: number): number[] => Array.from({ length: count }, account);
  const reference = Float64Array.from(some(4_000));
  const found = (values: readonly number[]): string | undefined => filled(reference, values, draw);
  const searches = [22, 18, 14, 12, 11, 9, 8, 7, 6, 5, 4, 4, 3, 3];
  expect(
    found([
      ...searches.flatMap((times) => Array.from({ length: times }, account).fill(account())),
      ...some(110),
    ]),
  ).toBeUndefined();
  expect(found([...Array.from({ length: 22 }, () => 500), ...some(220)])).toBe('sentinel_fill');
});

test('a subject goes to many readers, and its length with it: no value was filled in', () => {
  const draw = draws(16);
  const length = (): number => Math.round(50 + 12 * draw.normal());
  const mails = (sizes: readonly number[]): number[] => [
    ...sizes.flatMap((size) => Array<number>(size).fill(length())),
    ...Array.from({ length: 350 }, length),
  ];
  const reference = Float64Array.from({ length: 12_000 }, length);
  const found = (values: readonly number[]): string | undefined => filled(reference, values, draw);
  const campaigns = [48, 24, 22, 20, 20, 18, 18, 16, 16, 15, 15, 14, 14, 12, 12, 12, 10, 10, 10, 8];
  const days = Array.from({ length: 20 }, () => found(mails(campaigns)));
  expect(days.filter((fault) => fault !== undefined).length).toBeLessThan(4);
  expect(found(mails([48]))).toBe('sentinel_fill');
});
