/** Rows of one visitor are alike: what that does among rows of one label is no change of the relation. */
import { expect, test } from 'vitest';
import type { Table } from '../../../src/core/table.ts';
import type { Diagnosis } from '../../../src/core/findings.ts';
import { draws } from '../../../src/simulate/draws.ts';
import type { Draws } from '../../../src/simulate/draws.ts';
import { judge } from '../judge.ts';
import { tableOf } from '../tables.ts';

const MINUTE_MS = 60_000;
const PER_DAY = 240;
const COUNTRIES = ['DE', 'FR', 'IT', 'ES', 'PL', 'NL'];

interface Click {
  readonly country: string;
  readonly history: number;
  readonly place: number;
  readonly isYes: boolean;
}

/** Visitors with one to some sixty rows in a row, who share country and history; what they see differs row by row. */
function* clicks(
  draw: Draws,
  { step = 0, steep = 1 }: { step?: number; steep?: number } = {},
): Generator<Click> {
  for (;;) {
    const visitor = { country: COUNTRIES[draw.choice([4, 3, 2, 1, 1, 1])]!, history: draw.normal() };
    const rows = 1 + Math.floor(Math.min(60, (1 - draw.uniform()) ** -1.2));
    for (let row = 0; row < rows; row++) {
      const place = draw.normal();
      const logit = -2 + steep * place + 0.8 * visitor.history + step;
      yield { ...visitor, place, isYes: draw.uniform() < 1 / (1 + Math.exp(-logit)) };
    }
  }
}

/** Whole days of them, in the order they come. */
function tableFrom(rows: readonly Click[], startMs: number): Table {
  return tableOf({
    features: {
      country: rows.map(({ country }) => country),
      history: rows.map(({ history }) => history),
      place: rows.map(({ place }) => place),
    },
    label: rows.map(({ isYes }) => (isYes ? 'approve' : 'reject')),
    timestampMs: rows.map((_, i) => startMs + (i * 1_440 * MINUTE_MS) / PER_DAY),
  });
}

function take(rows: Generator<Click>, count: number, keep: (row: Click) => boolean = () => true): Click[] {
  const taken: Click[] = [];
  for (const row of rows) {
    if (keep(row)) taken.push(row);
    if (taken.length === count) break;
  }
  return taken;
}

function verdictOf(draw: Draws, current: readonly Click[]): Diagnosis {
  const reference = take(clicks(draw), 35 * PER_DAY);
  return judge('classification', {
    reference: tableFrom(reference, Date.UTC(2025, 3, 1)),
    current: tableFrom(current, Date.UTC(2025, 5, 1)),
  });
}

test('more of one label, rows of each as they were: a label shift, though visitors differ', () => {
  const verdicts = [1, 2, 3, 4].map((seed) => {
    const draw = draws(seed);
    const chosen = take(clicks(draw), 10 * PER_DAY, ({ isYes }) => isYes || draw.uniform() < 0.35);
    return verdictOf(draw, chosen).verdict;
  });
  expect(verdicts).toEqual(['label_shift', 'label_shift', 'label_shift', 'label_shift']);
});

test('another relation is none', () => {
  const verdicts = [1, 2, 3, 4].map((seed) => {
    const draw = draws(seed);
    return verdictOf(draw, take(clicks(draw, { steep: -1 }), 10 * PER_DAY)).verdict;
  });
  expect(verdicts).not.toContain('label_shift');
  expect(verdicts).not.toContain('none');
});
