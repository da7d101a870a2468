import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

/** Figures nobody of this project computed for itself. */
export function readVectors(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8'));
}

export interface Vector {
  readonly name: string;
  readonly method: string;
  readonly reference: unknown;
  readonly current: unknown;
  readonly params: Record<string, unknown>;
  readonly expected: Record<string, number | string>;
  readonly recomputed?: Record<string, number | string>;
}

/** Equal within a relative error; zero only equals something below 1e-15. */
export function expectRelative(actual: number, expected: number, relative: number, what: string): void {
  const scale = Math.max(Math.abs(expected), 1e-300);
  const ok = expected === 0 ? Math.abs(actual) <= 1e-15 : Math.abs(actual - expected) <= relative * scale;
  expect(ok, `${what}: ${actual} instead of ${expected}`).toBe(true);
}

export function sorted(values: Iterable<number>): Float64Array {
  return Float64Array.from(values).sort();
}

/** A sample from values and how often each occurs. */
export function fromHistogram([values, counts]: readonly [
  readonly number[],
  readonly number[],
]): Float64Array {
  return Float64Array.from(values.flatMap((value, i) => Array.from({ length: counts[i] ?? 0 }, () => value)));
}
