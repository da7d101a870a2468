import { rounded, times } from '../family.ts';
import { WORLD_START_MS, crowd, dayCycle, groupSize, hourOf, pareto, wave } from './ordinary-life.ts';
import type { OrdinaryWorld } from './ordinary-world.ts';

type PaymentRow = {
  hour: number;
  payment_no: number;
  card: string;
  merchant: string;
  amount: number;
  amount_eur: number;
  distance_km: number;
  tries: number;
  days_known: number;
  country: string;
  entry: string;
};

const merchantAt = crowd(4_000, 1.05);
const cardAt = crowd(30_000, 0.5);
const COUNTRIES = ['US', 'GB', 'DE', 'FR', 'BR'] as const;
const ENTRIES = ['chip', 'online', 'contactless', 'stripe'] as const;

/** Each merchant has a price level of its own, the same for every seed. */
const merchantLevel = (at: number): number => (((at * 7_919) % 1_000) / 1_000 - 0.5) * 1.6;

/** One payment in a hundred is fraud: far away, large, online, by a card that is hardly known. */
function truth(row: PaymentRow): number {
  return (
    -5.6 +
    0.75 * Math.log(1 + row.distance_km / 10) +
    0.35 * Math.log(row.amount_eur / 30) +
    0.8 * Math.min(3, row.tries) +
    (row.entry === 'online' ? 1.1 : 0) -
    0.25 * Math.log(1 + row.days_known / 30)
  );
}

export const PAYMENTS: OrdinaryWorld<PaymentRow> = {
  name: 'payments',
  about:
    'thousands of merchants, a running number and a card left in, near-duplicates, 1 % fraud, scores too confident',
  heldBack: false,
  task: 'classification',
  classes: ['fraud', 'fine'],
  outcome: { level: 0, spread: 1, noise: 1 },
  features: [
    { name: 'hour', kind: 'numeric', scale: 'fixed', decimals: 0 },
    { name: 'payment_no', kind: 'numeric', scale: 'fixed', decimals: 0 },
    { name: 'card', kind: 'categorical' },
    { name: 'merchant', kind: 'categorical' },
    { name: 'amount', kind: 'numeric', scale: 'fixed', decimals: 2 },
    { name: 'amount_eur', kind: 'numeric', scale: 'fixed', decimals: 2 },
    { name: 'distance_km', kind: 'numeric', scale: 'log', decimals: 1 },
    { name: 'tries', kind: 'numeric', scale: 'fixed', decimals: 0 },
    { name: 'days_known', kind: 'numeric', scale: 'log', decimals: 0 },
    { name: 'country', kind: 'categorical' },
    { name: 'entry', kind: 'categorical' },
  ],
  identifiers: ['payment_no', 'card'],
  time: { referenceDays: 21, perDay: 300, windowDays: [4, 7] },
  moves: false,
  confidence: 1.8,
  begin(draw) {
    const start = 4_100_000 + Math.floor(50_000 * draw.uniform());
    const mood = wave(draw, 12);
    return {
      busy: (ms) => 1 + 0.7 * dayCycle(ms, 15) + 0.05 * mood(ms),
      arrive(ms, each) {
        // A card that pays several times in a row: rows that come together without being equal.
        const size = groupSize(each, 0.03, 6);
        const card = `c${(cardAt(each) * 2_654_435_761) % 1_000_000_007}`;
        const country = COUNTRIES[each.choice([55, 15, 12, 10, 8])] ?? 'US';
        const days = Math.round(Math.exp(5.5 + 1.2 * each.normal()));
        return Array.from({ length: size }, (_, at) => {
          const merchant = merchantAt(each);
          const amount = rounded(Math.exp(3.4 + merchantLevel(merchant) + 0.9 * each.normal()), 2);
          return {
            hour: hourOf(ms),
            payment_no: start + at + Math.floor((ms - WORLD_START_MS) / 4_000),
            card,
            merchant: `m${merchant}`,
            amount,
            amount_eur: rounded(amount * 0.92, 2),
            distance_km: rounded(2.5 * pareto(each, 0.9), 1),
            tries: each.uniform() < 0.9 ? 0 : 1 + each.poisson(0.5),
            days_known: days,
            country,
            entry: ENTRIES[each.choice(country === 'US' ? [30, 30, 20, 20] : [40, 30, 28, 2])] ?? 'chip',
          };
        });
      },
    };
  },
  truth,
  model: (row) => truth(row) + (row.tries > 1 ? 0.3 : 0),
  calendar: (ms) => ({ hour: hourOf(ms) }),
  weak: {
    matters: ['distance_km', 'amount_eur'],
    units: [
      { feature: 'amount', name: '× 100', apply: times(100), isApart: false, isTold: true },
      {
        feature: 'distance_km',
        name: 'km → mi',
        apply: (value) => rounded(value * 0.6214, 1),
        isApart: false,
        isTold: false,
      },
      { feature: 'distance_km', name: 'km → m', apply: times(1000), isApart: false, isTold: true },
    ],
    swaps: [['amount', 'days_known']],
    flips: ['amount', 'days_known'],
    joined: ['amount_eur', 'amount'],
    fine: ['amount'],
    levels: ['country', 'entry'],
    company: ['entry'],
    flags: [],
    repeatsRows: false,
  },
};
