import type { Draws } from '../draws.ts';
import { clip, fahrenheit, logOf, rounded, times } from '../family.ts';
import type { Family } from '../family.ts';

/** A type rather than an interface, so that it is a record of values as well. */
export type CreditRow = {
  age: number;
  income: number;
  temperature: number;
  ratio: number;
  debt: number;
  savings: number;
  visits: number;
  country: string;
  device: string;
  member: string;
};

const COUNTRIES = ['DE', 'FR', 'IT', 'ES'];
const DEVICES = ['mobile app', 'web', 'branch'];

function drawRow(draw: Draws): CreditRow {
  const wealth = draw.normal();
  const debt = 0.6 * wealth + 0.8 * draw.normal();
  const savings = -0.4 * wealth + 0.3 * debt + 0.85 * draw.normal();
  return {
    age: clip(Math.round(44 + 13 * draw.normal() + 2 * wealth), 18, 90),
    income: Math.round(Math.exp(10.3 + 0.35 * wealth + 0.4 * draw.normal())),
    temperature: rounded(18 + 7 * draw.normal(), 1),
    ratio: 1 / (1 + Math.exp(-(draw.normal() * 0.8 - 0.6 + 0.3 * debt))),
    debt,
    savings,
    visits: draw.poisson(3),
    country: COUNTRIES[draw.choice([0.4 + 0.05 * Math.tanh(wealth), 0.3, 0.2, 0.1])] ?? '',
    device: DEVICES[draw.choice([0.5, 0.35, 0.15])] ?? '',
    member: draw.uniform() < 0.35 ? 'true' : 'false',
  };
}

/** Linear parts, a bend, an interaction and a step. */
function truth(row: CreditRow): number {
  return (
    -0.35 +
    0.035 * (row.age - 44) +
    0.8 * (logOf(row.income) - 10.3) -
    0.8 * row.debt +
    0.5 * row.savings -
    0.4 * Math.max(0, row.debt) * row.savings +
    (row.ratio > 0.55 ? -0.8 : 0) +
    (row.country === 'IT' ? 0.7 : 0) +
    (row.member === 'true' ? 0.5 : 0)
  );
}

function imperfect(row: CreditRow): number {
  const byDebt = row.debt < -0.5 ? 0.9 : row.debt < 0.6 ? 0.1 : -1;
  const byAge = row.age > 50 ? 0.45 : row.age < 38 ? -0.5 : 0;
  return byDebt + byAge + (row.income > 32_000 ? 0.35 : -0.35) + (row.ratio > 0.5 ? -0.5 : 0.1);
}

export const CREDIT: Family<CreditRow> = {
  name: 'credit',
  about: 'a small credit office: ages, incomes, debts, countries; who pays back',
  features: [
    { name: 'age', kind: 'numeric', scale: 'linear', decimals: 0, bounds: [18, 90] },
    { name: 'income', kind: 'numeric', scale: 'log', decimals: 0 },
    { name: 'temperature', kind: 'numeric', scale: 'linear', decimals: 1 },
    { name: 'ratio', kind: 'numeric', scale: 'logit', decimals: 6, bounds: [0, 1] },
    { name: 'debt', kind: 'numeric', scale: 'linear', decimals: 6 },
    { name: 'savings', kind: 'numeric', scale: 'linear', decimals: 6 },
    { name: 'visits', kind: 'numeric', scale: 'fixed', decimals: 0 },
    { name: 'country', kind: 'categorical' },
    { name: 'device', kind: 'categorical' },
    { name: 'member', kind: 'categorical' },
  ],
  classes: ['approve', 'deny'],
  outcome: { level: 50, spread: 10, noise: 8 },
  draw: drawRow,
  truth,
  imperfect,
  weak: (row) => 0.25 * row.savings + 0.01 * (row.age - 44),
  matters: ['debt', 'savings', 'age'],
  units: [
    { feature: 'temperature', name: '°C → °F', apply: fahrenheit, isApart: false },
    { feature: 'income', name: '÷ 1000', apply: times(1 / 1000), isApart: true },
    { feature: 'income', name: '× 100', apply: times(100), isApart: true },
    { feature: 'ratio', name: '× 100', apply: times(100), isApart: true },
    { feature: 'age', name: 'years → months', apply: times(12), isApart: true },
  ],
  swaps: [
    ['age', 'temperature'],
    ['age', 'income'],
    ['debt', 'savings'],
  ],
  flips: ['temperature', 'debt', 'savings'],
};
