import { rounded, times } from '../family.ts';
import { dayCycle, hourOf, isWeekend, pareto, promotions, wave } from './ordinary-life.ts';
import type { OrdinaryWorld } from './ordinary-world.ts';

type CallRow = {
  hour: number;
  weekend: number;
  waited: number;
  queue: number;
  agents: number;
  bill: number;
  months: number;
  calls_before: number;
  mood: number;
  topic: string;
  language: string;
  vip: number;
};

const TOPICS = ['bill', 'fault', 'move', 'offer', 'other'] as const;
const LANGUAGES = ['de', 'en', 'fr'] as const;

const calendar = (ms: number): Pick<CallRow, 'hour' | 'weekend'> => ({
  hour: hourOf(ms),
  weekend: isWeekend(ms) ? 1 : 0,
});

function truth(row: CallRow): number {
  return (
    -1.1 +
    0.5 * Math.log((row.waited + 10) / 60) +
    0.6 * Math.log(row.bill / 40) +
    0.5 * Math.min(3, row.calls_before) +
    (row.topic === 'fault' ? 0.8 : 0) -
    0.6 * row.mood
  );
}

export const CALLS: OrdinaryWorld<CallRow> = {
  name: 'calls',
  about:
    'a queue that follows its own past, night and day, a flag of one in a hundred, many zeros; how a call ends, of four',
  heldBack: false,
  task: 'classification',
  classes: ['complaint', 'solved', 'again', 'sold'],
  outcome: { level: 0, spread: 1, noise: 1 },
  features: [
    { name: 'hour', kind: 'numeric', scale: 'fixed', decimals: 0 },
    { name: 'weekend', kind: 'numeric', scale: 'fixed', decimals: 0 },
    { name: 'waited', kind: 'numeric', scale: 'fixed', decimals: 0 },
    { name: 'queue', kind: 'numeric', scale: 'fixed', decimals: 0 },
    { name: 'agents', kind: 'numeric', scale: 'fixed', decimals: 0 },
    { name: 'bill', kind: 'numeric', scale: 'log', decimals: 2 },
    { name: 'months', kind: 'numeric', scale: 'log', decimals: 0 },
    { name: 'calls_before', kind: 'numeric', scale: 'fixed', decimals: 0 },
    { name: 'mood', kind: 'numeric', scale: 'linear', decimals: 3 },
    { name: 'topic', kind: 'categorical' },
    { name: 'language', kind: 'categorical' },
    { name: 'vip', kind: 'numeric', scale: 'fixed', decimals: 0 },
  ],
  time: { referenceDays: 28, perDay: 170, windowDays: [2, 3, 7] },
  moves: true,
  confidence: 1.5,
  begin(draw) {
    const pressure = wave(draw, 5);
    const storm = promotions(draw, 1, { lasts: 2, pauses: 12, share: 0.3 });
    return {
      busy: (ms) => Math.max(0.05, 1 + 0.85 * dayCycle(ms, 13) - (isWeekend(ms) ? 0.4 : -0.15)),
      arrive(ms, each) {
        const queue = Math.max(0, Math.round(4 + 4 * dayCycle(ms, 13) + 5 * pressure(ms)));
        const storming = storm(ms);
        const topic =
          storming !== null && each.uniform() < storming.share ? 1 : each.choice([35, 25, 10, 10, 20]);
        return [
          {
            ...calendar(ms),
            waited: queue === 0 ? 0 : Math.round(12 * queue * Math.exp(0.5 * each.normal())),
            queue,
            agents: isWeekend(ms) || hourOf(ms) < 7 ? 6 : 14,
            bill: rounded(25 * pareto(each, 2) * Math.exp((topic === 0 ? 0.3 : 0) + 0.3 * each.normal()), 2),
            months: Math.round(Math.exp(3 + 0.9 * each.normal())),
            calls_before: each.uniform() < 0.7 ? 0 : 1 + each.poisson(0.8),
            mood: rounded(-0.02 * queue + 0.6 * each.normal(), 3),
            topic: TOPICS[topic] ?? 'other',
            language: LANGUAGES[each.choice([70, 22, 8])] ?? 'de',
            vip: each.uniform() < 0.01 ? 1 : 0,
          },
        ];
      },
    };
  },
  truth,
  model: (row) => 0.9 * truth(row) + (row.vip === 1 ? -0.4 : 0),
  others: (row) => [1, row.topic === 'fault' ? 0.6 : 0, row.topic === 'offer' ? 0.8 : -0.6],
  calendar,
  weak: {
    matters: ['bill', 'mood'],
    units: [
      { feature: 'bill', name: '× 100', apply: times(100), isApart: true, isTold: true },
      { feature: 'waited', name: 's → ms', apply: times(1000), isApart: false, isTold: true },
    ],
    swaps: [['bill', 'months']],
    flips: ['bill'],
    joined: [],
    fine: ['mood'],
    levels: ['topic', 'language'],
    company: [],
    flags: [],
    repeatsRows: false,
  },
};
