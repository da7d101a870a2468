import { expect, it } from 'vitest';
import { FAULTS } from '../../src/core/faults.ts';
import { type FlagFacts, whyFlagged } from '../../src/words/why-flagged.ts';

const facts: FlagFacts = {
  status: 'ok',
  reason: 'not_significant',
  faults: [],
  detail: null,
  effect: 0.254,
  floor: 0.02,
  q: 1e-12,
  rows: 1_156,
};

it.each([
  [
    { status: 'drift', reason: 'shifted' },
    'Flagged: it moved by an effect of 0.254, above the floor of 0.02, which chance does not do with 1,156 rows (q < 1e-9).',
  ],
  [
    { reason: 'effect_below_floor', effect: 0.01, q: 0.0002 },
    'Not flagged: that it moved is no chance (q = 2e-4), but by an effect of 0.01, below the floor of 0.02.',
  ],
  [{ effect: -0.001, q: 0.66 }, 'Not flagged: chance moves 1,156 rows as far (an effect of 0, q = 0.660).'],
  [{ status: 'insufficient', reason: 'too_few_rows', rows: 82 }, 'Not judged: 82 rows are too few.'],
  [
    { status: 'fault', reason: 'shifted', faults: ['unit_change'], detail: 'values fit °C → °F' },
    'Flagged as a data fault (unit changed): values fit °C → °F.',
  ],
  [{ status: 'insufficient', reason: 'kept no longer' }, 'insufficient: kept no longer.'],
] as [Partial<FlagFacts>, string][])('says in one sentence why: %o', (of, said) => {
  expect(whyFlagged({ ...facts, ...of })).toBe(said);
});

it('names every fault', () => {
  for (const fault of FAULTS) expect(whyFlagged({ ...facts, faults: [fault] })).not.toMatch(/undefined|_/);
});
