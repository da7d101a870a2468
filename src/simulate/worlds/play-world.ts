/** One window of an ordinary world in which nothing, a shift or a fault happens, with the answer that is right. */
import type { Fault } from '../../core/faults.ts';
import { draws } from '../draws.ts';
import type { PlannedShift, ShiftRequest } from '../plan.ts';
import { planShift } from '../plan-shift.ts';
import { faultAnswer, healthyAnswer, shiftAnswer } from './answer.ts';
import type { RightAnswer } from './answer.ts';
import { columnFaults } from './column-faults.ts';
import type { WorldFault } from './column-faults.ts';
import { drawWorld } from './draw-world.ts';
import type { WorldWindow, WorldRows } from './draw-world.ts';
import { familyOfWorld } from './family-of-world.ts';
import type { Breakable, OrdinaryWorld } from './ordinary-world.ts';
import { rowFaults } from './row-faults.ts';

/** What happens beside ordinary life; null: nothing. */
export type WorldEvent = { readonly shift: ShiftRequest } | { readonly fault: WorldFault } | null;

export interface PlayedWindow {
  readonly rows: WorldRows;
  readonly answer: RightAnswer;
  /** In a few words: `nothing`, `covariate_shift mean`, `clipped premium at p90`. */
  readonly happened: string;
  readonly shift: PlannedShift | null;
}

const faultsOf = new WeakMap<Breakable, readonly WorldFault[]>();

/** Every way in which this world's pipeline can break. */
export function worldFaults(world: Breakable): readonly WorldFault[] {
  let known = faultsOf.get(world);
  if (known === undefined) faultsOf.set(world, (known = [...columnFaults(world), ...rowFaults(world)]));
  return known;
}

/** The way in which a seed breaks a world's pipeline by this fault. @throws Error where the world cannot show it */
export function worldFault(
  world: Breakable & { readonly name: string },
  name: Fault,
  seed: number,
): WorldFault {
  const possible = worldFaults(world).filter(({ faults }) => faults[0] === name);
  const chosen = possible[Math.abs(seed) % Math.max(1, possible.length)];
  if (chosen === undefined) throw new Error(`nothing of ${world.name} can show ${name}`);
  return chosen;
}

const WINDOW_SEED = 0x0ca5e;
/** Windows begin up to so long after the reference; later the world has moved further by itself. */
const LATEST_DAYS = 28;

/** Which life, which of its windows, and how densely rows come for who has little time. */
export type WindowChoice = Pick<WorldWindow, 'seed' | 'window' | 'density'>;

/** Draws a reference and a window, at a full hour: people cut at any time of the day. The same choice gives the same rows. */
export function playWorld(world: OrdinaryWorld, choice: WindowChoice, event: WorldEvent): PlayedWindow {
  const { seed, window = 0 } = choice;
  const draw = draws(seed ^ (WINDOW_SEED + window));
  const { windowDays } = world.time;
  const days = windowDays[Math.floor(windowDays.length * draw.uniform())] ?? 7;
  const afterDays = Math.floor(24 * LATEST_DAYS * draw.uniform()) / 24;
  const spec: WorldWindow = { ...choice, afterDays, days };
  if (event === null) {
    return {
      rows: drawWorld(world, spec),
      answer: healthyAnswer(world.moves),
      happened: 'nothing',
      shift: null,
    };
  }
  if ('shift' in event) {
    const shift = planShift(familyOfWorld(world), world.task, event.shift, seed ^ window);
    const { verdict, change, kind, form } = shift;
    return {
      rows: drawWorld(world, spec, change),
      answer: shiftAnswer(verdict, world.moves),
      happened: form === null ? kind : `${kind} ${form}`,
      shift,
    };
  }
  const { fault } = event;
  return {
    rows: drawWorld(world, spec, {}, fault.broken),
    answer: faultAnswer(fault, world.moves),
    happened: fault.name,
    shift: null,
  };
}
