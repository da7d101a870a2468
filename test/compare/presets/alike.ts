import { expect } from 'vitest';

/**
 * How far two distances may be apart that are square roots of a sum: a rounding error of 1e-16 in the sum is 1e-16 by
 * the distance in the distance, and 1e-8 in one that should be 0.
 */
export function rootOfRounding(expected: number): number {
  return 1e-15 / Math.max(Math.abs(expected), 5e-8);
}

/** Equal within a relative error, or no further apart than `floor`. */
export function expectAlike(
  actual: number | null | undefined,
  expected: number,
  { relative, floor, what }: { relative: number; floor: number; what: string },
): void {
  const allowed = Math.max(relative * Math.abs(expected), floor);
  const near = typeof actual === 'number' && Math.abs(actual - expected) <= allowed;
  expect(near, `${what}: ${actual} instead of ${expected}`).toBe(true);
}
