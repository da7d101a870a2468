import { expect } from 'vitest';

/**
 * Equal within a relative error, or no further apart than `floor`: the square root of a rounding error (1e-16)
 * is 1e-8, so two distances of equal samples need not be the same zero.
 */
export function expectAlike(
  actual: number | null,
  expected: number,
  { relative, floor, what }: { relative: number; floor: number; what: string },
): void {
  const allowed = Math.max(relative * Math.abs(expected), floor);
  const near = actual !== null && Math.abs(actual - expected) <= allowed;
  expect(near, `${what}: ${actual} instead of ${expected}`).toBe(true);
}
