import { expect, it } from 'vitest';
import type { WindowedComparison } from '../../src/core/windowed-comparison.ts';
import { draws } from '../../src/simulate/draws.ts';
import { fileWith } from '../ingest/table/files.ts';
import { compare } from './compare-run.ts';

const DAY_MS = 86_400_000;
const MONDAY_MS = Date.UTC(2026, 1, 2);
const A_DAY = 400;
const LOTS = 24;

/** Boards of two dozen lots, of which some are sawn more these weeks; rows of one come one after the other. What is wet is of no other use, from some day on. */
function boards(seed: number, days: number, turnedFrom: number, isTimed: boolean): string {
  const draw = draws(seed);
  const usual = Array.from({ length: LOTS }, () => 0);
  const lines = Array.from({ length: days * A_DAY }, () => '');
  let lot = 0;
  for (const row of lines.keys()) {
    const day = Math.floor(row / A_DAY);
    if (row % A_DAY === 0) for (const at of usual.keys()) usual[at] = 0.9 * usual[at]! + 0.25 * draw.normal();
    if (draw.uniform() > 0.7) lot = draw.choice(usual.map((each) => Math.exp(each)));
    const [moisture, knots] = [draw.normal(), draw.normal()];
    const index = day < turnedFrom ? 1.5 * moisture + knots : knots - 0.3 * moisture;
    const label = draw.uniform() < 1 / (1 + Math.exp(-index)) ? 'packaging' : 'joinery';
    const guess = 1.5 * moisture + knots > 0 ? 'packaging' : 'joinery';
    const at = new Date(MONDAY_MS + (row * DAY_MS) / A_DAY).toISOString();
    const cells = [`lot${lot}`, moisture.toFixed(3), knots.toFixed(3), guess, label];
    lines[row] = [...(isTimed ? [at] : []), ...cells].join(',');
  }
  return `${isTimed ? 'timestamp,' : ''}lot,moisture,knots,prediction,label\n${lines.join('\n')}\n`;
}

it('of an incident, lots are no input that moved where no window says so', async () => {
  const files = [
    fileWith('training.csv', boards(1, 40, 40, false)),
    fileWith('production.csv', boards(2, 16, 6, true)),
  ];
  const { out } = await compare(...files, '--window', '1d', '--no-multivariate', '--json');
  const { incidents } = JSON.parse(out) as WindowedComparison;
  expect(incidents.map(({ diagnosis }) => diagnosis.verdict)).toEqual(['concept_drift']);
});
