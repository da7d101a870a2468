import { rounded, times } from '../family.ts';
import { DAY_NAMES, growth, isWeekend, pareto, weekdayOf, wildNormal } from './ordinary-life.ts';
import type { OrdinaryWorld } from './ordinary-world.ts';

type ClaimRow = {
  weekday: string;
  insured: number;
  premium: number;
  damage: number;
  repairs: number;
  earlier: number;
  mileage: number;
  car_age: number;
  surprise: number;
  region: string;
  garage: string;
};

const REGIONS = ['north', 'south', 'east', 'west'] as const;
const GARAGES = ['own', 'partner', 'none'] as const;

/** What is paid grows with the damage, and so does how much it varies. */
function truth(row: ClaimRow): number {
  return (
    0.55 * Math.log(row.damage / 900) +
    0.3 * Math.log(row.insured / 20_000) +
    0.15 * row.earlier -
    0.05 * (row.car_age - 7) +
    (row.garage === 'own' ? 0.35 : 0)
  );
}

export const CLAIMS: OrdinaryWorld<ClaimRow> = {
  name: 'claims',
  about: 'heavy tails, many zeros, skewed amounts that grow, noise that grows with the damage; what is paid',
  heldBack: false,
  task: 'regression',
  classes: ['high', 'low'],
  outcome: { level: 1_800, spread: 900, noise: 500 },
  features: [
    { name: 'weekday', kind: 'categorical' },
    { name: 'insured', kind: 'numeric', scale: 'log', decimals: 0 },
    { name: 'premium', kind: 'numeric', scale: 'fixed', decimals: 2 },
    { name: 'damage', kind: 'numeric', scale: 'log', decimals: 2 },
    { name: 'repairs', kind: 'numeric', scale: 'fixed', decimals: 2 },
    { name: 'earlier', kind: 'numeric', scale: 'fixed', decimals: 0 },
    { name: 'mileage', kind: 'numeric', scale: 'log', decimals: 0 },
    { name: 'car_age', kind: 'numeric', scale: 'linear', decimals: 1, bounds: [0, 40] },
    { name: 'surprise', kind: 'numeric', scale: 'fixed', decimals: 2 },
    { name: 'region', kind: 'categorical' },
    { name: 'garage', kind: 'categorical' },
  ],
  time: { referenceDays: 56, perDay: 90, windowDays: [7, 14] },
  moves: true,
  confidence: 1,
  begin(draw) {
    const prices = growth(draw, 0.035, 0.06);
    return {
      busy: (ms) => (isWeekend(ms) ? 0.5 : 1.2),
      arrive(ms, each) {
        const region = each.choice([35, 30, 20, 15]);
        const price = prices(ms) * Math.exp(0.12 * region);
        const insured = Math.round(20_000 * price * Math.exp(0.7 * each.normal()));
        return [
          {
            weekday: DAY_NAMES[weekdayOf(ms)] ?? '',
            insured,
            premium: rounded(insured * 0.021 * Math.exp(0.1 * each.normal()), 2),
            damage: rounded(300 * price * pareto(each, 1.3), 2),
            repairs: each.uniform() < 0.62 ? 0 : rounded(150 * price * Math.exp(1.2 * each.normal()), 2),
            earlier: each.uniform() < 0.75 ? 0 : 1 + each.poisson(0.6),
            mileage: Math.round(Math.exp(11 + 0.5 * each.normal())),
            car_age: rounded(Math.max(0, 7 + 4 * each.normal()), 1),
            surprise: rounded(wildNormal(each), 2),
            region: REGIONS[region] ?? 'north',
            garage: GARAGES[each.choice([25, 50, 25])] ?? 'none',
          },
        ];
      },
    };
  },
  truth,
  model: (row) => 0.92 * truth(row),
  noiseOf: (row) => 120 + 130 * Math.min(4, Math.log(row.damage / 250)),
  calendar: (ms) => ({ weekday: DAY_NAMES[weekdayOf(ms)] ?? '' }),
  weak: {
    matters: ['damage', 'insured'],
    units: [
      { feature: 'mileage', name: '× 1000', apply: times(1000), isApart: true, isTold: true },
      {
        feature: 'mileage',
        name: 'km → mi',
        apply: (value) => Math.round(value * 0.6214),
        isApart: false,
        isTold: false,
      },
      {
        feature: 'repairs',
        name: '× 4 after rounding',
        apply: (value) => rounded(value * 4, 2),
        isApart: false,
        isTold: true,
      },
      { feature: 'damage', name: '× 100', apply: times(100), isApart: false, isTold: true },
    ],
    swaps: [['premium', 'damage']],
    flips: ['car_age'],
    joined: ['premium', 'insured'],
    fine: ['premium', 'damage'],
    levels: ['region', 'garage'],
    company: [],
    flags: [],
    repeatsRows: false,
  },
};
