import { clip, rounded, times } from '../family.ts';
import { DAY_MS } from '../../core/clock.ts';
import { dayCycle, growth, isWeekend, promotions, rota } from './ordinary-life.ts';
import type { OrdinaryWorld } from './ordinary-world.ts';

type SubscriptionRow = {
  day_of_month: number;
  month_end: string;
  plan_price: number;
  months: number;
  hours_used: number;
  usage_share: number;
  tickets: number;
  invoice: number;
  campaign: string;
  device: string;
  trial: string;
};

const PLANS = [4.9, 7.9, 9.9, 12.9, 19.9] as const;
const PLAN_SHARES = [10, 25, 35, 20, 10] as const;
const DEVICES = ['phone', 'tablet', 'desktop', 'tv'] as const;
const CAMPAIGN_SHARES = [26, 20, 16, 12, 10, 8, 5, 3] as const;

const dayOf = (ms: number): number => new Date(ms).getUTCDate();
const calendar = (ms: number): Pick<SubscriptionRow, 'day_of_month' | 'month_end'> => ({
  day_of_month: dayOf(ms),
  month_end: String(dayOf(ms + 3 * DAY_MS) <= 3),
});

/** Who leaves: the little used, the new, those with troubles. */
function truth(row: SubscriptionRow): number {
  return (
    0.1 -
    0.8 * Math.log((row.hours_used + 1) / 12) -
    0.45 * Math.log((row.months + 1) / 10) +
    0.5 * Math.min(3, row.tickets) +
    0.6 * Math.log(row.plan_price / 9.9) +
    (row.trial === 'true' ? 0.8 : 0) +
    1.2 * (row.usage_share - 0.4)
  );
}

export const SUBSCRIPTIONS: OrdinaryWorld<SubscriptionRow> = {
  name: 'subscriptions',
  about: 'campaigns that come and go, prices for a while, days of the month, invoices that grow; who leaves',
  heldBack: false,
  task: 'classification',
  classes: ['left', 'stayed'],
  outcome: { level: 0, spread: 1, noise: 1 },
  features: [
    { name: 'day_of_month', kind: 'numeric', scale: 'fixed', decimals: 0 },
    { name: 'month_end', kind: 'categorical' },
    { name: 'plan_price', kind: 'numeric', scale: 'fixed', decimals: 2 },
    { name: 'months', kind: 'numeric', scale: 'log', decimals: 0 },
    { name: 'hours_used', kind: 'numeric', scale: 'log', decimals: 1 },
    { name: 'usage_share', kind: 'numeric', scale: 'logit', decimals: 4 },
    { name: 'tickets', kind: 'numeric', scale: 'fixed', decimals: 0 },
    { name: 'invoice', kind: 'numeric', scale: 'fixed', decimals: 2 },
    { name: 'campaign', kind: 'categorical' },
    { name: 'device', kind: 'categorical' },
    { name: 'trial', kind: 'categorical' },
  ],
  time: { referenceDays: 63, perDay: 80, windowDays: [5, 7, 14] },
  moves: true,
  confidence: 1,
  begin(draw) {
    const offer = promotions(draw, PLANS.length, { lasts: 6, pauses: 12, share: 0.35 });
    const campaign = rota(draw, (at) => `spring_${((at * 53) % 97) + 3}`, {
      weights: CAMPAIGN_SHARES,
      staysDays: 30,
    });
    const invoices = growth(draw, 0.03, 0.05);
    return {
      busy: (ms) => 1 + 0.6 * dayCycle(ms, 19) + (isWeekend(ms) ? 0.3 : -0.1),
      arrive(ms, each) {
        const on = offer(ms);
        const isOffer = on !== null && each.uniform() < on.share;
        const plan = PLANS[isOffer ? on.item : each.choice(PLAN_SHARES)] ?? 9.9;
        const device = each.choice([45, 15, 30, 10]);
        const hours = Math.exp(2.3 + 0.35 * (device - 1) + 0.9 * each.normal());
        return [
          {
            ...calendar(ms),
            plan_price: plan,
            months: Math.round(Math.exp(2.2 + each.normal())),
            hours_used: rounded(hours, 1),
            usage_share: rounded(clip(1 / (1 + Math.exp(0.4 - each.normal())), 0.001, 0.999), 4),
            tickets: each.uniform() < 0.7 ? 0 : 1 + each.poisson(0.7),
            invoice: rounded(invoices(ms) * plan * Math.exp(0.5 + 0.6 * each.normal()), 2),
            campaign: campaign(ms, each),
            device: DEVICES[device] ?? 'phone',
            trial: String(each.uniform() < 0.12),
          },
        ];
      },
    };
  },
  truth,
  model: (row) => 0.9 * truth(row) + (row.tickets > 0 ? -0.1 : 0.05),
  calendar,
  weak: {
    matters: ['hours_used', 'months'],
    units: [
      { feature: 'usage_share', name: 'share → %', apply: times(100), isApart: true, isTold: true },
      { feature: 'hours_used', name: 'hours → minutes', apply: times(60), isApart: false, isTold: true },
      {
        feature: 'invoice',
        name: '× 2.2 after rounding',
        apply: (value) => rounded(value * 2.2, 2),
        isApart: false,
        isTold: true,
      },
    ],
    swaps: [['hours_used', 'invoice']],
    flips: ['hours_used', 'usage_share'],
    joined: [],
    fine: ['usage_share', 'invoice'],
    levels: ['device'],
    company: ['device'],
    flags: ['trial'],
    repeatsRows: false,
  },
};
