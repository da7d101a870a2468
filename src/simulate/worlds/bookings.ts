import { rounded, times } from '../family.ts';
import {
  DAY_NAMES,
  dayCycle,
  groupSize,
  growth,
  isWeekend,
  promotions,
  rota,
  weekdayOf,
} from './ordinary-life.ts';
import type { OrdinaryWorld } from './ordinary-world.ts';

type BookingRow = {
  weekday: string;
  lead_days: number;
  nights: number;
  adults: number;
  rate: number;
  deposit: number;
  earlier_stays: number;
  earlier_cancellations: number;
  agent: number;
  country: string;
  room: string;
  repeated: string;
};

const COUNTRIES = ['PT', 'GB', 'FR', 'ES', 'DE', 'IT', 'IE', 'BE', 'NL', 'US'] as const;
const COUNTRY_SHARES = [32, 14, 12, 10, 9, 7, 6, 4, 4, 2] as const;
const ROOMS = ['standard', 'superior', 'suite'] as const;
/** What a night costs, before the season. */
const ROOM_RATES = [78, 104, 165] as const;
const PRICE_POINTS = [65, 75, 85, 95, 110] as const;
const AGENT_SHARES = [24, 18, 14, 11, 9, 7, 6, 5, 3, 3] as const;

const calendar = (ms: number): Pick<BookingRow, 'weekday'> => ({ weekday: DAY_NAMES[weekdayOf(ms)] ?? '' });

/** Cancelled: early, dear, without deposit, by people who never came. */
function truth(row: BookingRow): number {
  return (
    -0.9 +
    0.45 * Math.log((row.lead_days + 3) / 30) +
    0.9 * Math.log(row.rate / 90) -
    0.02 * row.deposit +
    0.7 * Math.min(2, row.earlier_cancellations) -
    (row.repeated === 'true' ? 1.2 : 0) +
    (row.country === 'PT' ? 0.7 : 0) +
    0.1 * (row.nights - 3)
  );
}

export const BOOKINGS: OrdinaryWorld<BookingRow> = {
  name: 'bookings',
  about: 'rows that arrive in groups, agents that come and go, rates that grow, price points; who cancels',
  heldBack: false,
  task: 'classification',
  classes: ['cancelled', 'came'],
  outcome: { level: 0, spread: 1, noise: 1 },
  features: [
    { name: 'weekday', kind: 'categorical' },
    { name: 'lead_days', kind: 'numeric', scale: 'fixed', decimals: 0 },
    { name: 'nights', kind: 'numeric', scale: 'fixed', decimals: 0 },
    { name: 'adults', kind: 'numeric', scale: 'fixed', decimals: 0 },
    { name: 'rate', kind: 'numeric', scale: 'log', decimals: 2 },
    { name: 'deposit', kind: 'numeric', scale: 'fixed', decimals: 0 },
    { name: 'earlier_stays', kind: 'numeric', scale: 'fixed', decimals: 0 },
    { name: 'earlier_cancellations', kind: 'numeric', scale: 'fixed', decimals: 0 },
    { name: 'agent', kind: 'numeric', scale: 'fixed', decimals: 0 },
    { name: 'country', kind: 'categorical' },
    { name: 'room', kind: 'categorical' },
    { name: 'repeated', kind: 'categorical' },
  ],
  time: { referenceDays: 56, perDay: 60, windowDays: [7, 10, 14] },
  moves: true,
  confidence: 1,
  begin(draw) {
    const season = growth(draw, 0.02, 0.04);
    const point = promotions(draw, PRICE_POINTS.length, { lasts: 5, pauses: 9, share: 0.3 });
    // Agents have numbers, not names.
    const agent = rota(draw, (at) => String(200 + ((at * 37) % 331)), {
      weights: AGENT_SHARES,
      staysDays: 40,
    });
    return {
      busy: (ms) => 1 + 0.5 * dayCycle(ms, 13) - (isWeekend(ms) ? 0.5 : -0.2),
      arrive(ms, each) {
        const size = groupSize(each, 0.05, 40);
        const isGroup = size > 2;
        const on = point(ms);
        const country = COUNTRIES[each.choice(COUNTRY_SHARES)] ?? 'PT';
        const room = each.choice([70, 24, 6]);
        const isPoint = (on !== null && each.uniform() < on.share) || isGroup;
        const free = (ROOM_RATES[room] ?? 78) * season(ms) * Math.exp(0.22 * each.normal());
        const together = {
          ...calendar(ms),
          lead_days: Math.floor(Math.exp(3.2 + 1.1 * each.normal())),
          nights: 1 + each.poisson(isGroup ? 1 : 2.2),
          rate: isPoint ? (PRICE_POINTS[on?.item ?? size % PRICE_POINTS.length] ?? 75) : rounded(free, 2),
          deposit: each.uniform() < 0.8 ? 0 : 10 * each.choice([0, 5, 3, 2]),
          agent: Number(agent(ms, each)),
          country,
          room: ROOMS[room] ?? 'standard',
        };
        return Array.from({ length: size }, () => {
          const isRepeated = !isGroup && each.uniform() < 0.05;
          return {
            ...together,
            adults: 1 + each.choice([25, 65, 10]),
            earlier_stays: isRepeated ? 1 + each.poisson(2) : 0,
            earlier_cancellations: each.uniform() < 0.04 ? 1 + each.poisson(0.4) : 0,
            repeated: String(isRepeated),
          };
        });
      },
    };
  },
  truth,
  model: (row) => 0.85 * truth(row) - (row.nights > 4 ? 0.2 : 0),
  calendar,
  weak: {
    matters: ['rate', 'lead_days'],
    units: [
      { feature: 'rate', name: '× 100', apply: times(100), isApart: true, isTold: true },
      { feature: 'lead_days', name: 'days → hours', apply: times(24), isApart: false, isTold: true },
    ],
    swaps: [['lead_days', 'rate']],
    flips: ['lead_days'],
    joined: [],
    fine: [],
    levels: ['country', 'room'],
    company: ['room', 'repeated'],
    flags: ['repeated'],
    repeatsRows: true,
  },
};
