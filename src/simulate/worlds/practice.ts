import { fahrenheit, rounded, times } from '../family.ts';
import { DAY_NAMES, dayCycle, isWeekend, weekdayOf } from './ordinary-life.ts';
import type { OrdinaryWorld } from './ordinary-world.ts';

type PatientRow = {
  age: number;
  temperature: number;
  pulse: number;
  weight_kg: number;
  height_cm: number;
  sugar: number;
  iron: number;
  visits: number;
  weekday: string;
  insurance: string;
  smoker: string;
};

const INSURANCES = ['public', 'private', 'none'] as const;

function truth(row: PatientRow): number {
  return (
    -0.4 +
    0.045 * (row.age - 52) +
    1.1 * (row.temperature - 36.9) +
    0.03 * (row.pulse - 72) +
    0.5 * (row.sugar - 5.6) +
    (row.smoker === 'true' ? 0.7 : 0)
  );
}

export const PRACTICE: OrdinaryWorld<PatientRow> = {
  name: 'practice',
  about: 'windows of 200 to 500 rows, columns rounded to a digit; who falls ill',
  heldBack: false,
  task: 'classification',
  classes: ['ill', 'well'],
  outcome: { level: 0, spread: 1, noise: 1 },
  features: [
    { name: 'age', kind: 'numeric', scale: 'linear', decimals: 0, bounds: [0, 105] },
    { name: 'temperature', kind: 'numeric', scale: 'linear', decimals: 1 },
    { name: 'pulse', kind: 'numeric', scale: 'linear', decimals: 0 },
    { name: 'weight_kg', kind: 'numeric', scale: 'linear', decimals: 0 },
    { name: 'height_cm', kind: 'numeric', scale: 'fixed', decimals: 0 },
    { name: 'sugar', kind: 'numeric', scale: 'log', decimals: 1 },
    { name: 'iron', kind: 'numeric', scale: 'log', decimals: 0 },
    { name: 'visits', kind: 'numeric', scale: 'fixed', decimals: 0 },
    { name: 'weekday', kind: 'categorical' },
    { name: 'insurance', kind: 'categorical' },
    { name: 'smoker', kind: 'categorical' },
  ],
  time: { referenceDays: 42, perDay: 54, windowDays: [5, 7, 10] },
  moves: false,
  confidence: 1,
  begin() {
    return {
      busy: (ms) => Math.max(0.05, (isWeekend(ms) ? 0.35 : 1.2) * (1 + dayCycle(ms, 11))),
      arrive(ms, each) {
        const age = Math.min(105, Math.max(0, Math.round(52 + 17 * each.normal())));
        const height = Math.round(171 + 9 * each.normal());
        const insurance = each.choice(age > 60 ? [80, 18, 2] : [70, 18, 12]);
        return [
          {
            age,
            temperature: rounded(36.9 + 0.5 * each.normal(), 1),
            pulse: Math.round(72 + 9 * each.normal()),
            weight_kg: Math.round(0.9 * (height - 100) + 14 + 8 * each.normal()),
            height_cm: height,
            sugar: rounded(5.6 * Math.exp(0.004 * (age - 52) + 0.18 * each.normal()), 1),
            iron: Math.round(85 * Math.exp(0.35 * each.normal())),
            visits: each.poisson(2.5),
            weekday: DAY_NAMES[weekdayOf(ms)] ?? '',
            insurance: INSURANCES[insurance] ?? 'public',
            smoker: String(each.uniform() < 0.22),
          },
        ];
      },
    };
  },
  truth,
  model: (row) => 0.9 * truth(row) + (row.visits > 4 ? 0.15 : -0.05),
  calendar: (ms) => ({ weekday: DAY_NAMES[weekdayOf(ms)] ?? '' }),
  weak: {
    matters: ['age', 'temperature', 'sugar'],
    units: [
      { feature: 'temperature', name: '°C → °F', apply: fahrenheit, isApart: true, isTold: true },
      {
        feature: 'weight_kg',
        name: 'kg → lb',
        apply: (value) => rounded(value * 2.2046, 1),
        isApart: false,
        isTold: true,
      },
      {
        feature: 'sugar',
        name: 'mmol → mg',
        apply: (value) => Math.round(value * 18.02),
        isApart: true,
        isTold: true,
      },
      { feature: 'iron', name: '÷ 10', apply: times(0.1), isApart: true, isTold: true },
    ],
    swaps: [['pulse', 'height_cm']],
    flips: ['temperature', 'age'],
    joined: ['weight_kg', 'height_cm'],
    fine: [],
    levels: ['insurance'],
    company: [],
    flags: ['smoker'],
    repeatsRows: false,
  },
};
