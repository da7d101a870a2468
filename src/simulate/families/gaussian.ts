import type { Draws } from '../draws.ts';
import { rounded, times } from '../family.ts';
import type { Family } from '../family.ts';

export type GaussianRow = {
  x1: number;
  x2: number;
  x3: number;
  x4: number;
  x5: number;
  x6: number;
  x7: number;
  group: string;
};

const GROUPS = ['a', 'b', 'c', 'd', 'e'];

/** Two latent factors; x7 is noise, and x5 lies around 20 so that units mean something. */
function drawRow(draw: Draws): GaussianRow {
  const f = draw.normal();
  const g = draw.normal();
  return {
    x1: rounded(0.8 * f + 0.6 * draw.normal(), 4),
    x2: rounded(0.6 * f - 0.4 * g + 0.7 * draw.normal(), 4),
    x3: rounded(0.7 * g + 0.7 * draw.normal(), 4),
    x4: rounded(draw.normal(), 4),
    x5: rounded(20 + 4 * (0.5 * g + 0.87 * draw.normal()), 3),
    x6: rounded(3 + 0.5 * (-0.5 * f + 0.87 * draw.normal()), 4),
    x7: rounded(draw.normal(), 4),
    group: GROUPS[draw.choice([0.35, 0.25, 0.2, 0.15, 0.05])] ?? '',
  };
}

/** Mostly interactions: two products and a square beside weak main effects. */
function truth(row: GaussianRow): number {
  return (
    0.2 +
    0.9 * row.x1 +
    0.7 * row.x2 * row.x4 -
    0.6 * row.x3 +
    0.5 * (row.x4 ** 2 - 1) +
    0.6 * row.x1 * row.x3 +
    0.15 * (row.x5 - 20) +
    (row.group === 'b' ? 0.6 : row.group === 'd' ? -0.7 : 0)
  );
}

export const GAUSSIAN: Family<GaussianRow> = {
  name: 'gaussian',
  about: 'correlated normal columns whose effects are mostly interactions',
  features: [
    ...['x1', 'x2', 'x3', 'x4'].map((name) => ({
      name,
      kind: 'numeric' as const,
      scale: 'linear' as const,
      decimals: 4,
    })),
    { name: 'x5', kind: 'numeric', scale: 'linear', decimals: 3 },
    { name: 'x6', kind: 'numeric', scale: 'linear', decimals: 4 },
    { name: 'x7', kind: 'numeric', scale: 'linear', decimals: 4 },
    { name: 'group', kind: 'categorical' },
  ],
  classes: ['yes', 'no'],
  outcome: { level: 0, spread: 1, noise: 1 },
  draw: drawRow,
  truth,
  imperfect: (row) => 0.2 + 0.8 * row.x1 - 0.5 * row.x3 + 0.15 * (row.x5 - 20),
  weak: (row) => 0.08 * (row.x5 - 20) - 0.15 * row.x3,
  matters: ['x1', 'x3', 'x4', 'x5'],
  units: [
    { feature: 'x5', name: '× 100', apply: times(100), isApart: true },
    { feature: 'x5', name: 'kg → lb', apply: times(2.204_622_622), isApart: false },
    { feature: 'x6', name: '÷ 10', apply: times(0.1), isApart: true },
    { feature: 'x5', name: 'natural logarithm', apply: Math.log, isApart: true },
  ],
  swaps: [
    ['x5', 'x6'],
    ['x1', 'x5'],
    ['x1', 'x3'],
  ],
  flips: ['x5', 'x6', 'x1'],
};
