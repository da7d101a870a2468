import type { ShiftRequest } from '../../src/simulate/plan.ts';
import { playWorld, worldFaults } from '../../src/simulate/worlds/play-world.ts';
import type { PlayedWindow, WorldEvent } from '../../src/simulate/worlds/play-world.ts';
import type { OrdinaryWorld } from '../../src/simulate/worlds/ordinary-world.ts';

export const CASE_GROUPS = ['healthy', 'shift', 'fault'] as const;
export type CaseGroup = (typeof CASE_GROUPS)[number];

/** Seeds of the two series never meet: rules are made on the first, the second is for the final figures. */
export type Series = 'develop' | 'final';

export interface WorldCase {
  readonly world: string;
  readonly group: CaseGroup;
  /** Of its group. */
  readonly at: number;
  /** Of the life that the window is in. */
  readonly seed: number;
  /** Which of its windows. */
  readonly window: number;
}

/** 0 false of 600 bounds a rate at half a percent. */
const COUNTS: Readonly<Record<CaseGroup, number>> = { healthy: 600, shift: 200, fault: 200 };
/** Windows of one life have one reference; so many lives there are of a group. Every fiftieth case is of one of three. */
const LIVES = 150;
const FIRST_SEED: Readonly<Record<Series, number>> = { develop: 14_000_000, final: 58_000_000 };
const GROUP_SEED: Readonly<Record<CaseGroup, number>> = { healthy: 0, shift: 1_000_000, fault: 2_000_000 };

/** Every way in which a world changes; mixed in two forms of the concept. */
const SHIFTS: readonly ShiftRequest[] = [
  { kind: 'covariate_shift', form: 'mean' },
  { kind: 'covariate_shift', form: 'scale' },
  { kind: 'covariate_shift', form: 'mix' },
  { kind: 'label_shift' },
  { kind: 'label_shift' },
  { kind: 'concept_drift', form: 'uniform' },
  { kind: 'concept_drift', form: 'local' },
  { kind: 'concept_drift', form: 'rotation' },
  { kind: 'mixed', form: 'local' },
  { kind: 'mixed', form: 'uniform' },
];

/** All cases of a world. */
export function planCases(world: string, series: Series): WorldCase[] {
  return CASE_GROUPS.flatMap((group) => {
    const first = FIRST_SEED[series] + GROUP_SEED[group];
    const cases = Array.from({ length: COUNTS[group] }, (_, at) => {
      const life = at % LIVES;
      return { world, group, at, seed: first + 11 * life, window: Math.floor(at / LIVES) };
    });
    // Those of one life one after the other: what is learned of its reference is kept as long.
    return cases.toSorted((one, other) => one.seed - other.seed);
  });
}

/** Of the golden ratio, which stays away longest from places it has been to. */
const STEP = (Math.sqrt(5) - 1) / 2;

/** Spreads cases evenly over a list, and every second, tenth or fiftieth of them, too: each goes an irrational step on. */
export function evenly<T>(items: readonly T[], at: number): T {
  const item = items[Math.floor(items.length * ((at * STEP) % 1))];
  if (item === undefined) throw new Error('nothing to choose from');
  return item;
}

/** Draws the rows of a case. The same case gives the same rows. */
export function playPlanned(
  world: OrdinaryWorld,
  { group, at, seed, window }: WorldCase,
  density: number = 1,
): PlayedWindow {
  return playWorld(world, { seed, window, density }, eventOf(world, group, at));
}

function eventOf(world: OrdinaryWorld, group: CaseGroup, at: number): WorldEvent {
  if (group === 'healthy') return null;
  return group === 'shift' ? { shift: evenly(SHIFTS, at) } : { fault: evenly(worldFaults(world), at) };
}
