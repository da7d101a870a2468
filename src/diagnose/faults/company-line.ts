import { correlationOfKnown, explainedBy, leastSquares } from '../relation/least-squares.ts';

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
