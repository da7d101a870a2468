import { rounded, times } from '../family.ts';
import type { Feature, Row } from '../family.ts';
import { dayCycle, hourOf, wildNormal } from './ordinary-life.ts';
import type { OrdinaryWorld } from './ordinary-world.ts';

const NUMBERS = 150;
const FLAGS = 25;
const LEVELS = 24;
const LEVEL_NAMES = ['a', 'b', 'c', 'd', 'e'] as const;

const numberName = (at: number): string => `x${at + 1}`;

/** Ten kinds of numbers in turn. */
function numberAt(at: number, common: number, normal: number, wild: number): number {
  switch (at % 10) {
    case 0:
      return rounded(10 + common + 0.6 * normal, 3);
    case 1:
      return rounded(normal, 3);
    case 2:
      return Math.round(50 + 10 * normal);
    case 3:
      return rounded(Math.exp(2 + 0.8 * normal), 2);
    case 4:
      return normal < 0.5 ? 0 : rounded(Math.exp(normal), 2);
    case 5:
      return rounded(wild, 2);
    case 6:
      return Math.max(0, Math.round(1.5 + 1.4 * normal));
    case 7:
      return rounded(100 + 15 * normal, 1);
    case 8:
      return rounded(1 / (1 + Math.exp(-normal)), 4);
    default:
      return rounded(5 * common + 2 * normal, 1);
  }
}

const numbers = Array.from({ length: NUMBERS }, (_, at): Feature => {
  const kind = at % 10;
  const scale = kind === 3 ? 'log' : kind === 4 || kind === 5 || kind === 6 ? 'fixed' : 'linear';
  return { name: numberName(at), kind: 'numeric', scale, decimals: kind === 2 ? 0 : kind === 7 ? 1 : 3 };
});
const flags = Array.from({ length: FLAGS }, (_, at): Feature => ({
  name: `is_${at + 1}`,
  kind: 'categorical',
}));
const levels = Array.from({ length: LEVELS }, (_, at): Feature => ({
  name: `kind_${at + 1}`,
  kind: 'categorical',
}));

function truth(row: Row): number {
  return (
    0.5 * Number(row['x2']) +
    0.06 * (Number(row['x3']) - 50) +
    0.9 * (Number(row['x1']) - 10) +
    (row['is_3'] === 'true' ? 0.7 : -0.2) +
    (row['kind_2'] === 'a' ? 0.5 : -0.2)
  );
}

export const WIDE: OrdinaryWorld = {
  name: 'wide',
  about: '200 columns of every kind, windows of some 300 rows',
  heldBack: false,
  task: 'classification',
  classes: ['yes', 'no'],
  outcome: { level: 0, spread: 1, noise: 1 },
  features: [{ name: 'hour', kind: 'numeric', scale: 'fixed', decimals: 0 }, ...numbers, ...flags, ...levels],
  time: { referenceDays: 28, perDay: 80, windowDays: [3.5, 5] },
  moves: false,
  confidence: 1.2,
  begin() {
    return {
      busy: (ms) => 1 + 0.5 * dayCycle(ms, 12),
      arrive(ms, each) {
        const row: Record<string, number | string> = { hour: hourOf(ms) };
        const common = each.normal();
        for (let at = 0; at < NUMBERS; at++) {
          const wild = at % 10 === 5 ? wildNormal(each) : 0;
          row[numberName(at)] = numberAt(at, common, each.normal(), wild);
        }
        for (let at = 0; at < FLAGS; at++) {
          row[`is_${at + 1}`] = String(each.uniform() < 0.04 + 0.018 * at);
        }
        for (let at = 0; at < LEVELS; at++) {
          const weights = common > 0 && at % 2 === 0 ? [30, 30, 20, 12, 8] : [45, 25, 15, 10, 5];
          row[`kind_${at + 1}`] = LEVEL_NAMES[each.choice(weights)] ?? 'a';
        }
        return [row];
      },
    };
  },
  truth,
  model: (row) => 0.85 * truth(row),
  calendar: (ms) => ({ hour: hourOf(ms) }),
  weak: {
    matters: ['x1', 'x2', 'x3'],
    units: [
      { feature: 'x8', name: '× 100', apply: times(100), isApart: true, isTold: true },
      { feature: 'x4', name: '× 1000', apply: times(1000), isApart: true, isTold: true },
      { feature: 'x9', name: 'share → %', apply: times(100), isApart: true, isTold: true },
    ],
    swaps: [['x3', 'x8']],
    flips: ['x3', 'x8'],
    joined: ['x1'],
    fine: ['x2', 'x9'],
    levels: ['kind_1', 'kind_3'],
    company: [],
    flags: ['is_5'],
    repeatsRows: false,
  },
};
