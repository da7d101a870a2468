import type { Family, Row } from '../family.ts';
import { drawWorld } from './draw-world.ts';
import type { OrdinaryWorld } from './ordinary-world.ts';

const TYPICAL_SEED = 40_961;

const known = new WeakMap<OrdinaryWorld, Family>();

/** A world as the families are written, so that shifts are planned in it by the same code; its rows are those of one reference, in turn. */
export function familyOfWorld(world: OrdinaryWorld): Family {
  let family = known.get(world);
  if (family === undefined) known.set(world, (family = madeFamily(world)));
  return family;
}

function madeFamily(world: OrdinaryWorld): Family {
  const { name, about, features, outcome, weak } = world;
  const [first = '', second = ''] = world.classes;
  const rows = drawWorld(world, { seed: TYPICAL_SEED, afterDays: 0, days: 0.1 }).reference;
  let next = 0;
  return {
    name,
    about,
    features,
    classes: [first, second],
    outcome,
    draw: () => (rows[next++ % rows.length]?.fed ?? {}) as Row,
    truth: (row) => world.truth(row),
    imperfect: (row) => world.model(row),
    weak: (row) => world.model(row),
    matters: weak.matters,
    units: weak.units,
    swaps: weak.swaps,
    flips: weak.flips,
  };
}
