import { expect, test } from 'vitest';
import type { Table } from '../../../src/core/table.ts';
import type { Diagnosis } from '../../../src/core/findings.ts';
import { draws } from '../../../src/simulate/draws.ts';
import type { Draws } from '../../../src/simulate/draws.ts';
import { judge } from '../judge.ts';
import { tableOf } from '../tables.ts';

const START_MS = Date.UTC(2026, 2, 2);
const MINUTE_MS = 60_000;

interface Patient {
  readonly admission: string;
  readonly age: number;
  readonly pulse: number;
}

function patient(draw: Draws, admission?: string): Patient {
  const why = admission ?? (draw.uniform() < 0.15 ? 'trauma' : draw.uniform() < 0.5 ? 'planned' : 'acute');
  const mean = why === 'trauma' ? 34 : 62;
  return {
    admission: why,
    age: mean + 12 * draw.normal(),
    pulse: 80 + (why === 'trauma' ? 12 : 0) + 10 * draw.normal(),
  };
}

function tableFrom(rows: readonly Patient[], fromMs: number): Table {
  return tableOf({
    features: {
      admission: rows.map(({ admission }) => admission),
      age: rows.map(({ age }) => age),
      pulse: rows.map(({ pulse }) => pulse),
    },
    timestampMs: rows.map((_, i) => fromMs + i * MINUTE_MS),
  });
}

/** 1,500 rows, of which 250 in a row have trauma. */
function verdictOf(seed: number, arrive: (draw: Draws) => Patient): Diagnosis {
  const draw = draws(seed);
  const reference = Array.from({ length: 6_000 }, () => patient(draw));
  const current = Array.from({ length: 1_500 }, (_, i) =>
    i >= 600 && i < 850 ? arrive(draw) : patient(draw),
  );
  return judge('classification', {
    reference: tableFrom(reference, START_MS - 6_000 * MINUTE_MS),
    current: tableFrom(current, START_MS),
  });
}

test('rows that came all at once bring what goes with them: nothing is claimed to be stuck', () => {
  const { faults, verdict } = verdictOf(1, (draw) => patient(draw, 'trauma'));
  expect(faults).toEqual([]);
  expect(verdict).not.toBe('data_fault');
});

test('a column that is stuck leaves the others as they are', () => {
  const { faults } = verdictOf(2, (draw) => ({ ...patient(draw), admission: 'trauma' }));
  expect(faults).toMatchObject([{ fault: 'constant_value', feature: 'admission' }]);
});
