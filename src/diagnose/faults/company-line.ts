import { plainSum, presentValues } from '../../stats/present-values.ts';
import type { ColumnCells } from '../samples/row-samples.ts';
import { correlationOfKnown, explainedBy, leastSquares } from '../relation/algebra/least-squares.ts';

const MAX_WITNESSES = 6;

/** NaN where a row has no value. */
export interface BothSides {
  readonly name: string;
  readonly reference: Float64Array;
  readonly current: Float64Array;
}

/** What a straight line through other numbers, learned from the reference, says of a column. */
export interface CompanyLine {
  /** Those that go with it most, the closest first. */
  readonly names: readonly string[];
  /** Share of its spread that they explain in the reference. */
  readonly explained: number;
  /** Of each row; NaN where a witness has no value. */
  readonly reference: Float64Array;
  readonly current: Float64Array;
}

/** Of the six columns that go with it most; null where there is no other. O(columns · rows). */
export function companyLine(pair: BothSides, others: readonly BothSides[]): CompanyLine | null {
  const witnesses = others
    .filter(({ name }) => name !== pair.name)
    .map((other) => ({ other, r: Math.abs(correlationOfKnown(pair.reference, other.reference)) }))
    .sort((a, b) => b.r - a.r)
    .slice(0, MAX_WITNESSES)
    .map(({ other }) => other);
  if (witnesses.length === 0) return null;
  const before = witnesses.map(({ reference }) => reference);
  const weights = leastSquares(pair.reference, before);
  const reference = explainedBy(before, weights);
  return {
    names: witnesses.map(({ name }) => name),
    explained: correlationOfKnown(pair.reference, reference) ** 2,
    reference,
    current: explainedBy(
      witnesses.map(({ current }) => current),
      weights,
    ),
  };
}

/** Of what a column moved by, in its mean: what the others leave unexplained. */
const MOST_UNEXPECTED = 1 / 3;
const MIN_EXPLAINED = 0.5;

/**
 * A column of other rows of the same window has moved as those have: by what the others say of them. Its mean now is what a line through the
 * other numbers, learned from the reference (R² ≥ 0.5), says of the current rows on the whole, but for a third of what it moved by.
 */
export function movedAsExpected(pair: ColumnCells, others: readonly ColumnCells[]): boolean {
  if (pair.kind !== 'numeric') return false;
  const line = companyLine(
    pair,
    others.filter((other) => other.kind === 'numeric'),
  );
  if (line === null || line.explained < MIN_EXPLAINED) return false;
  const [before, now, then] = [pair.reference, pair.current, line.current].map(meanOfPresent) as [
    number,
    number,
    number,
  ];
  return Math.abs(now - then) <= MOST_UNEXPECTED * Math.abs(now - before);
}

function meanOfPresent(values: Float64Array): number {
  const present = presentValues(values);
  return plainSum(present) / Math.max(1, present.length);
}
