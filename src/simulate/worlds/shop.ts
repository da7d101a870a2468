import { rounded, times } from '../family.ts';
import {
  DAY_NAMES,
  dayCycle,
  hourOf,
  isWeekend,
  partOfDay,
  promotions,
  wave,
  weekdayOf,
} from './ordinary-life.ts';
import type { OrdinaryWorld } from './ordinary-world.ts';

type ShopRow = {
  hour: number;
  weekday: string;
  weekend: string;
  part_of_day: string;
  price: number;
  discount: number;
  basket: number;
  amount: number;
  amount_net: number;
  age: number;
  visit_seconds: number;
  channel: string;
  department: string;
};

const PRICES = [4.99, 9.99, 14.99, 19.99, 24.99, 29.99, 39.99, 49.99, 79.99, 99.99] as const;
const SHARES = [12, 14, 10, 14, 8, 12, 9, 8, 6, 4] as const;
const DEPARTMENTS = ['clothes', 'toys', 'garden', 'books', 'kitchen'] as const;
/** What things of a department cost, in steps of the list. */
const DEARER = [1, 0, 2, -1, 1.5] as const;
const CHANNELS = ['web', 'app', 'phone'] as const;

const calendar = (ms: number): Pick<ShopRow, 'hour' | 'weekday' | 'weekend' | 'part_of_day'> => ({
  hour: hourOf(ms),
  weekday: DAY_NAMES[weekdayOf(ms)] ?? '',
  weekend: String(isWeekend(ms)),
  part_of_day: partOfDay(ms),
});

/** Returned goods: dear ones, bought by the young at night and in a promotion. */
function truth(row: ShopRow): number {
  return (
    -0.6 +
    0.75 * Math.log(row.price / 20) -
    0.035 * (row.age - 41) +
    0.5 * Math.log(row.visit_seconds / 150) +
    (row.part_of_day === 'night' ? 0.5 : 0) +
    (row.department === 'clothes' ? 0.8 : row.department === 'books' ? -0.6 : 0) +
    0.02 * row.discount
  );
}

export const SHOP: OrdinaryWorld<ShopRow> = {
  name: 'shop',
  about: 'calendar columns, promotions, night and day; which goods come back',
  heldBack: false,
  task: 'classification',
  classes: ['returned', 'kept'],
  outcome: { level: 0, spread: 1, noise: 1 },
  features: [
    { name: 'hour', kind: 'numeric', scale: 'fixed', decimals: 0 },
    { name: 'weekday', kind: 'categorical' },
    { name: 'weekend', kind: 'categorical' },
    { name: 'part_of_day', kind: 'categorical' },
    { name: 'price', kind: 'numeric', scale: 'fixed', decimals: 2 },
    { name: 'discount', kind: 'numeric', scale: 'fixed', decimals: 0 },
    { name: 'basket', kind: 'numeric', scale: 'fixed', decimals: 0 },
    { name: 'amount', kind: 'numeric', scale: 'fixed', decimals: 2 },
    { name: 'amount_net', kind: 'numeric', scale: 'fixed', decimals: 2 },
    { name: 'age', kind: 'numeric', scale: 'linear', decimals: 0, bounds: [16, 95] },
    { name: 'visit_seconds', kind: 'numeric', scale: 'log', decimals: 1 },
    { name: 'channel', kind: 'categorical' },
    { name: 'department', kind: 'categorical' },
  ],
  time: { referenceDays: 28, perDay: 180, windowDays: [2, 3, 7] },
  moves: true,
  confidence: 1,
  begin(draw) {
    const promotion = promotions(draw, PRICES.length, { lasts: 3, pauses: 6, share: 0.25 });
    const mood = wave(draw, 40);
    return {
      busy: (ms) => 1 + 0.75 * dayCycle(ms, 16) + (isWeekend(ms) ? 0.4 : -0.16),
      arrive(ms, each) {
        const on = promotion(ms);
        const department = each.choice([30, 22, 14, 20, 14]);
        const isOnSale = on !== null && each.uniform() < on.share;
        const steps = Math.round((DEARER[department] ?? 0) + each.choice(SHARES) + 0.7 * each.normal());
        const price = isOnSale
          ? (PRICES[on.item] ?? 9.99)
          : (PRICES[Math.min(PRICES.length - 1, Math.max(0, steps))] ?? 9.99);
        const basket = 1 + each.poisson(0.8);
        const discount = isOnSale ? 20 : each.uniform() < 0.85 ? 0 : 5 * (1 + each.choice([5, 3, 2]));
        const amount = rounded(price * basket * (1 - discount / 100), 2);
        const isNight = partOfDay(ms) === 'night';
        const age = Math.round(41 + 13 * each.normal() - (isNight ? 7 : 0));
        return [
          {
            ...calendar(ms),
            price,
            discount,
            basket,
            amount,
            amount_net: rounded(amount / 1.19, 2),
            age: Math.min(95, Math.max(16, age)),
            visit_seconds: rounded(Math.exp(5 + 0.08 * mood(ms) + 0.8 * each.normal()), 1),
            channel: CHANNELS[each.choice(age < 40 ? [35, 60, 5] : [60, 25, 15])] ?? 'web',
            department: DEPARTMENTS[department] ?? 'books',
          },
        ];
      },
    };
  },
  truth,
  model: (row) => 0.9 * truth(row) + 0.15 * Math.sin(row.age),
  calendar,
  weak: {
    matters: ['visit_seconds', 'age'],
    units: [
      { feature: 'amount', name: '× 100', apply: times(100), isApart: false, isTold: true },
      { feature: 'visit_seconds', name: '× 1000', apply: times(1000), isApart: true, isTold: true },
      { feature: 'visit_seconds', name: '÷ 60', apply: times(1 / 60), isApart: true, isTold: true },
    ],
    swaps: [['amount', 'visit_seconds']],
    flips: ['age', 'visit_seconds'],
    joined: ['amount_net'],
    fine: ['visit_seconds'],
    levels: ['channel', 'department'],
    company: ['channel', 'department', 'weekend'],
    flags: ['weekend'],
    repeatsRows: false,
  },
};
