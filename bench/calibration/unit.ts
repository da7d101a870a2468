import type { Tally } from './tally.ts';

/**
 * One piece of work for a worker: the windows of one size on one baseline, each drawn from its own seed.
 *
 *   null    nothing moved; how often is something flagged?
 *   power   one feature moved; how often is it flagged?
 *   serial  nothing moved, but each row depends on the one before
 *   peers   other tools' rules on the same kind of windows
 *   single  other tools' rules on one normal feature
 */
export interface Unit {
  readonly study: Study;
  readonly baseline: number;
  readonly referenceRows: number;
  readonly windowRows: number;
  readonly windows: number;
  /** Correlation of neighbouring rows (`serial`). */
  readonly phi: number;
}

export const STUDIES = ['null', 'power', 'serial', 'peers', 'single'] as const;
export type Study = (typeof STUDIES)[number];

export interface UnitResult {
  readonly unit: Unit;
  readonly tallies: readonly (readonly [string, Tally])[];
}

export function unitKey(unit: Unit): string {
  const { study, referenceRows, windowRows, phi, baseline, windows } = unit;
  return [study, referenceRows, windowRows, phi, baseline, windows].join('/');
}

/** The numbers a unit's seeds start with, so that no two units draw the same rows. */
export function seedOf(unit: Unit): number[] {
  return [STUDIES.indexOf(unit.study), unit.referenceRows, Math.round(unit.phi * 100), unit.baseline];
}
