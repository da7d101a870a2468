import { fahrenheit, rounded, times } from '../family.ts';
import { dayCycle, hourOf, partOfDay, wave, wildNormal } from './ordinary-life.ts';
import type { OrdinaryWorld } from './ordinary-world.ts';

type HallRow = {
  hour: number;
  shift: string;
  temperature: number;
  temperature_b: number;
  bearing: number;
  load: number;
  vibration: number;
  pressure: number;
  jitter: number;
  oil: number;
  machine: string;
  product: string;
};

const MACHINES = ['A', 'B', 'C', 'D'] as const;
const PRODUCTS = ['bolt', 'nut', 'rail'] as const;
const SHIFTS = { night: 'night', morning: 'early', afternoon: 'late', evening: 'late' } as const;

const calendar = (ms: number): Pick<HallRow, 'hour' | 'shift'> => ({
  hour: hourOf(ms),
  shift: SHIFTS[partOfDay(ms)],
});

function truth(row: HallRow): number {
  return (
    -0.3 +
    0.16 * (row.bearing - 61) +
    0.9 * Math.log(row.vibration / 2) +
    0.03 * (row.load - 60) +
    (row.machine === 'C' ? 0.7 : 0)
  );
}

export const HALL: OrdinaryWorld<HallRow> = {
  name: 'hall',
  about:
    'sensors that follow their own past and the day, two thermometers, rounded columns, wild errors; three classes',
  heldBack: false,
  task: 'classification',
  classes: ['worn', 'good', 'dirty'],
  outcome: { level: 0, spread: 1, noise: 1 },
  features: [
    { name: 'hour', kind: 'numeric', scale: 'fixed', decimals: 0 },
    { name: 'shift', kind: 'categorical' },
    { name: 'temperature', kind: 'numeric', scale: 'fixed', decimals: 1 },
    { name: 'temperature_b', kind: 'numeric', scale: 'fixed', decimals: 1 },
    { name: 'bearing', kind: 'numeric', scale: 'linear', decimals: 1 },
    { name: 'load', kind: 'numeric', scale: 'linear', decimals: 0 },
    { name: 'vibration', kind: 'numeric', scale: 'log', decimals: 2 },
    { name: 'pressure', kind: 'numeric', scale: 'linear', decimals: 3 },
    { name: 'jitter', kind: 'numeric', scale: 'fixed', decimals: 3 },
    { name: 'oil', kind: 'numeric', scale: 'fixed', decimals: 0 },
    { name: 'machine', kind: 'categorical' },
    { name: 'product', kind: 'categorical' },
  ],
  time: { referenceDays: 28, perDay: 160, windowDays: [2, 4, 7] },
  moves: true,
  confidence: 1,
  begin(draw) {
    const air = wave(draw, 30);
    const work = wave(draw, 8);
    // What is made changes every few hours or days; nothing in the row's time says when.
    const order = wave(draw, 20);
    const oilAt = wave(draw, 60);
    return {
      busy: (ms) => 1 + 0.3 * dayCycle(ms, 14),
      arrive(ms, each) {
        const temperature = rounded(21 + 2.2 * air(ms) + 1.8 * dayCycle(ms, 15) + 0.4 * each.normal(), 1);
        const load = Math.round(60 + 8 * work(ms) + 6 * dayCycle(ms, 13) + 6 * each.normal());
        const ordered = order(ms);
        const machine = each.choice([30, 30, 20, 20]);
        return [
          {
            ...calendar(ms),
            temperature,
            temperature_b: rounded(temperature + 0.3 + 0.1 * each.normal(), 1),
            bearing: rounded(40 + 0.7 * temperature + 0.1 * load + 2 * each.normal(), 1),
            load,
            vibration: rounded(Math.exp(0.7 + 0.25 * (machine - 1) + 0.4 * each.normal()), 2),
            pressure: rounded(6 + 0.3 * each.normal(), 3),
            jitter: rounded(0.2 * wildNormal(each), 3),
            oil: Math.round(50 + 12 * oilAt(ms)),
            machine: MACHINES[machine] ?? 'A',
            product: PRODUCTS[ordered < -0.5 ? 0 : ordered < 0.6 ? 1 : 2] ?? 'nut',
          },
        ];
      },
    };
  },
  truth,
  model: (row) => 0.9 * truth(row) + 0.1,
  others: (row) => [0.8, 0.5 * (row.pressure - 6) + (row.product === 'rail' ? 0.6 : -0.2)],
  calendar,
  weak: {
    matters: ['bearing', 'vibration'],
    units: [
      { feature: 'temperature', name: '°C → °F', apply: fahrenheit, isApart: true, isTold: true },
      { feature: 'bearing', name: '°C → °F', apply: fahrenheit, isApart: true, isTold: true },
      { feature: 'vibration', name: '× 1000', apply: times(1000), isApart: true, isTold: true },
    ],
    swaps: [['temperature', 'bearing']],
    flips: ['temperature', 'pressure'],
    joined: ['temperature_b'],
    fine: ['pressure', 'jitter'],
    levels: ['machine', 'shift'],
    company: ['machine'],
    flags: [],
    repeatsRows: false,
  },
};
