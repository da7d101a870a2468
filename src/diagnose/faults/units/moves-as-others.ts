import { sortedPresent } from '../../samples/row-samples.ts';
import type { ColumnCells, NumericCells } from '../../samples/row-samples.ts';
import { movedAsExpected } from '../company-line.ts';
import { unitChange, unitFacts } from './unit-change.ts';

/**
 * Whether a column is where the other numbers say that it is, of those that no unit fits as well: what a conversion happens to fit moved as its weight did. Two
 * gauges of which both were converted say nothing of each other. Cost: the units of all numbers; asked only of what was claimed.
 */
export function movesAsOthers(
  pair: NumericCells,
  columns: readonly ColumnCells[],
  features: number,
): boolean {
  const others = columns.filter(
    (each): each is NumericCells =>
      each.kind === 'numeric' && each.name !== pair.name && !fitsUnit(each, features),
  );
  return movedAsExpected(pair, others);
}

function fitsUnit({ name, reference, current }: NumericCells, features: number): boolean {
  const facts = unitFacts({ name, reference: sortedPresent(reference), current: sortedPresent(current) });
  return facts !== null && unitChange(facts, features) !== null;
}
