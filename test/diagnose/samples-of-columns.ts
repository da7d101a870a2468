import { unitChange, unitFacts } from '../../src/diagnose/faults/units/unit-change.ts';
import { unitOfPart } from '../../src/diagnose/faults/units/unit-part.ts';
import { unitSince } from '../../src/diagnose/faults/units/unit-since.ts';
import type { SortedPair } from '../../src/diagnose/faults/sorted-pair.ts';
import type { Suspicion } from '../../src/diagnose/faults/suspicion.ts';
import { draws } from '../../src/simulate/draws.ts';
import type { Draws } from '../../src/simulate/draws.ts';

export const FEATURES = 10;

export function sample(seed: number, rows: number, draw: (d: Draws, row: number) => number): Float64Array {
  const d = draws(seed);
  return Float64Array.from({ length: rows }, (_, row) => draw(d, row));
}

export const cents = (value: number): number => Math.round(100 * value) / 100;
export const celsius = (d: Draws): number => Math.round(10 * (18 + 7 * d.normal())) / 10;
export const amount =
  (spread: number) =>
  (d: Draws): number =>
    cents(Math.exp(3 + spread * d.normal()));

export function sortedPair(reference: Float64Array, current: Float64Array): SortedPair {
  return { name: 'x', reference: reference.toSorted(), current: current.toSorted() };
}

/** What is said of a whole column. */
export function unitOf(reference: Float64Array, current: Float64Array): Suspicion | null {
  const facts = unitFacts(sortedPair(reference, current));
  return facts && unitChange(facts, FEATURES);
}

/** What is said of a part of the rows. */
export function partOf(reference: Float64Array, current: Float64Array): Suspicion | null {
  const facts = unitFacts(sortedPair(reference, current));
  return facts && unitOfPart(facts, FEATURES);
}

/** What is said of rows that came one a second. */
export function sinceOf(reference: Float64Array, current: Float64Array): Suspicion | null {
  const timesMs = Float64Array.from(current, (_, row) => 1000 * row);
  return unitSince(sortedPair(reference, current), { values: current, timesMs }, FEATURES);
}
