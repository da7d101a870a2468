import { fahrenheit, rounded, times } from '../family.ts';
import type { Feature, Row } from '../family.ts';
import { dayCycle, hourOf, isWeekend, partOfDay, rota, wave, wildNormal } from './ordinary-life.ts';
import type { OrdinaryWorld } from './ordinary-world.ts';

const STATIONS = 12;

const station = (at: number): string => `station_${at + 1}`;
const number = (name: string, decimals: number, scale: 'linear' | 'fixed' = 'fixed'): Feature => ({
  name,
  kind: 'numeric',
  scale,
  decimals,
});

const calendar = (ms: number): Record<string, number | string> => ({
  hour: hourOf(ms),
  weekend: String(isWeekend(ms)),
  part_of_day: partOfDay(ms),
});

/** What the grid will draw. */
function truth(row: Row): number {
  return (
    0.08 * (Number(row['load']) - 50) -
    0.06 * (Number(row['temperature']) - 12) +
    0.5 * Number(row['wind']) +
    (row['weekend'] === 'true' ? -0.5 : 0.2)
  );
}

export const GRID: OrdinaryWorld = {
  name: 'grid',
  about:
    'forty columns that follow the weather and each other, calendar columns, rounded, noise that grows; load ahead',
  heldBack: false,
  task: 'regression',
  classes: ['high', 'low'],
  outcome: { level: 480, spread: 60, noise: 25 },
  features: [
    number('hour', 0),
    { name: 'weekend', kind: 'categorical' },
    { name: 'part_of_day', kind: 'categorical' },
    number('temperature', 1, 'linear'),
    number('load', 1, 'linear'),
    number('wind', 3, 'linear'),
    number('price', 2),
    number('spike', 2),
    number('reserve', 0),
    ...Array.from({ length: STATIONS }, (_, at) => number(station(at), 1)),
    { name: 'crew', kind: 'categorical' },
    { name: 'source', kind: 'categorical' },
  ],
  time: { referenceDays: 35, perDay: 140, windowDays: [2, 4, 7] },
  moves: true,
  confidence: 1,
  begin(draw) {
    const air = wave(draw, 36);
    const wind = wave(draw, 10);
    const demand = wave(draw, 14);
    const crew = rota(draw, (at) => `crew ${at}`, { weights: [40, 35, 25], staysDays: 12 });
    return {
      busy: () => 1,
      arrive(ms, each) {
        const temperature = rounded(12 + 5 * air(ms) + 4 * dayCycle(ms, 15) + 0.3 * each.normal(), 1);
        const load = rounded(50 + 8 * dayCycle(ms, 18) + 5 * demand(ms) + 3 * each.normal(), 1);
        const stations = Array.from({ length: STATIONS }, (_, at): [string, number] => [
          station(at),
          rounded(temperature + 0.3 * at - 1.5 + 0.4 * each.normal(), 1),
        ]);
        return [
          {
            ...calendar(ms),
            temperature,
            load,
            wind: rounded(0.7 * wind(ms) + 0.6 * each.normal(), 3),
            price: rounded(40 * Math.exp(0.02 * (load - 50) + 0.25 * each.normal()), 2),
            spike: rounded(wildNormal(each), 2),
            reserve: each.uniform() < 0.7 ? 0 : 5 * (1 + each.poisson(2)),
            ...Object.fromEntries(stations),
            crew: crew(ms, each),
            source: ['gas', 'sun', 'water'][each.choice([50, 30, 20])] ?? 'gas',
          },
        ];
      },
    };
  },
  truth,
  model: (row) => 0.95 * truth(row),
  noiseOf: (row) => 10 + 0.4 * Math.max(0, Number(row['load']) - 20),
  calendar,
  weak: {
    matters: ['load', 'temperature', 'wind'],
    units: [
      { feature: 'temperature', name: '°C → °F', apply: fahrenheit, isApart: false, isTold: true },
      { feature: 'price', name: '× 1000', apply: times(1000), isApart: true, isTold: true },
    ],
    swaps: [['load', 'price']],
    flips: ['temperature'],
    joined: [station(2)],
    fine: ['wind', 'price'],
    levels: ['source'],
    company: [],
    flags: [],
    repeatsRows: false,
  },
};
