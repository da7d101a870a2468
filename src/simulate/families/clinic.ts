import type { Draws } from '../draws.ts';
import { clip, fahrenheit, logOf, rounded, times } from '../family.ts';
import type { Family } from '../family.ts';

export type ClinicRow = {
  age: number;
  bmi: number;
  pressure: number;
  temperature: number;
  glucose: number;
  pulse: number;
  visits: number;
  card_months: number;
  sex: string;
  smoker: string;
  site: string;
};

const SITES = ['main clinic', 'branch', 'house call'];

function drawRow(draw: Draws): ClinicRow {
  const age = clip(Math.round(61 + 13 * draw.normal()), 18, 98);
  const fitness = draw.normal();
  return {
    age,
    bmi: rounded(Math.exp(3.27 - 0.07 * fitness + 0.13 * draw.normal()), 1),
    pressure: Math.round(122 + 0.35 * (age - 61) - 4 * fitness + 12 * draw.normal()),
    temperature: rounded(36.8 + 0.5 * draw.normal(), 1),
    glucose: rounded(Math.exp(4.65 - 0.06 * fitness + 0.003 * (age - 61) + 0.18 * draw.normal()), 1),
    pulse: Math.round(72 - 5 * fitness + 8 * draw.normal()),
    visits: draw.poisson(4),
    card_months: rounded(1 + 59 * draw.uniform(), 1),
    sex: draw.uniform() < 0.52 ? 'female' : 'male',
    smoker: draw.uniform() < 0.24 ? 'yes' : 'no',
    site: SITES[draw.choice([0.6, 0.3, 0.1])] ?? '',
  };
}

/** Risk rises with age and pressure, faster for smokers; sugar matters only above 110. */
function truth(row: ClinicRow): number {
  return (
    -0.5 +
    0.05 * (row.age - 61) +
    0.03 * (row.pressure - 122) +
    (row.smoker === 'yes' ? 0.6 + 0.03 * (row.age - 61) : 0) +
    0.04 * Math.max(0, row.glucose - 110) +
    0.9 * (row.temperature - 36.8) +
    0.05 * (row.bmi - 26) +
    (row.sex === 'male' ? 0.3 : 0)
  );
}

function imperfect(row: ClinicRow): number {
  const byAge = row.age > 72 ? 0.9 : row.age > 55 ? 0.1 : -0.8;
  const byPressure = row.pressure > 135 ? 0.5 : row.pressure < 112 ? -0.4 : 0;
  return -0.3 + byAge + byPressure + (row.smoker === 'yes' ? 0.6 : 0) + 0.3 * (logOf(row.bmi) - 3.27);
}

export const CLINIC: Family<ClinicRow> = {
  name: 'clinic',
  about: 'patients of a clinic; who falls ill within the year',
  features: [
    { name: 'age', kind: 'numeric', scale: 'linear', decimals: 0, bounds: [18, 98] },
    { name: 'bmi', kind: 'numeric', scale: 'log', decimals: 1 },
    { name: 'pressure', kind: 'numeric', scale: 'linear', decimals: 0 },
    { name: 'temperature', kind: 'numeric', scale: 'linear', decimals: 1 },
    { name: 'glucose', kind: 'numeric', scale: 'log', decimals: 1 },
    { name: 'pulse', kind: 'numeric', scale: 'linear', decimals: 0 },
    { name: 'visits', kind: 'numeric', scale: 'fixed', decimals: 0 },
    { name: 'card_months', kind: 'numeric', scale: 'fixed', decimals: 1 },
    { name: 'sex', kind: 'categorical' },
    { name: 'smoker', kind: 'categorical' },
    { name: 'site', kind: 'categorical' },
  ],
  classes: ['ill', 'well'],
  outcome: { level: 20, spread: 5, noise: 4 },
  draw: drawRow,
  truth,
  imperfect,
  weak: (row) => -0.4 + 0.012 * (row.pressure - 122) + (row.sex === 'male' ? 0.2 : 0),
  matters: ['age', 'pressure', 'temperature'],
  units: [
    { feature: 'temperature', name: '°C → °F', apply: fahrenheit, isApart: true },
    { feature: 'glucose', name: '÷ 10', apply: times(0.1), isApart: true },
    { feature: 'age', name: 'years → months', apply: times(12), isApart: true },
    { feature: 'card_months', name: 'months → years', apply: times(1 / 12), isApart: false },
  ],
  swaps: [
    ['pressure', 'pulse'],
    ['age', 'pressure'],
    ['glucose', 'pulse'],
  ],
  flips: ['temperature', 'pressure', 'age'],
};
