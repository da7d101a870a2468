import type { Draws } from '../draws.ts';
import { clip, fahrenheit, logOf, rounded, times } from '../family.ts';
import type { Family } from '../family.ts';

export type MachineRow = {
  vibration: number;
  pressure: number;
  current: number;
  hours: number;
  speed: number;
  oil_temperature: number;
  load: number;
  starts: number;
  site: string;
  maker: string;
};

const SITES = ['north', 'south', 'harbour'];
const MAKERS = ['Acme', 'Borg', 'Cord', 'Dyne'];

/** Skewed, positive readings that hang together through the load of the machine. */
function drawRow(draw: Draws): MachineRow {
  const strain = draw.normal();
  const wear = draw.normal();
  return {
    vibration: rounded(Math.exp(0.6 + 0.35 * strain + 0.3 * wear + 0.3 * draw.normal()), 3),
    pressure: rounded(Math.exp(1.9 + 0.25 * strain + 0.2 * draw.normal()), 3),
    current: rounded(Math.exp(2.6 + 0.3 * strain + 0.25 * draw.normal()), 2),
    hours: rounded(Math.exp(6.2 + 0.5 * wear + 0.4 * draw.normal()), 1),
    speed: Math.round(clip(1480 + 60 * draw.normal() - 40 * strain, 1000, 1900)),
    oil_temperature: rounded(62 + 6 * strain + 5 * draw.normal(), 1),
    load: rounded(1 / (1 + Math.exp(-(0.9 * strain + 0.5 * draw.normal()))), 4),
    starts: draw.poisson(5),
    site: SITES[draw.choice([0.5, 0.3, 0.2])] ?? '',
    maker: MAKERS[draw.choice([0.4, 0.3, 0.2, 0.1])] ?? '',
  };
}

/** Vibration matters more where the oil is hot; hours only once they are many. */
function truth(row: MachineRow): number {
  const shaking = logOf(row.vibration) - 0.6;
  const heat = (row.oil_temperature - 62) / 8;
  return (
    -0.6 +
    1.1 * shaking +
    0.5 * heat +
    0.6 * shaking * Math.max(0, heat) +
    0.9 * Math.max(0, logOf(row.hours) - 6.2) -
    0.7 * (logOf(row.pressure) - 1.9) +
    (row.starts >= 8 ? 0.6 : 0) +
    (row.maker === 'Borg' ? 0.7 : 0) -
    (row.site === 'harbour' && row.load > 0.5 ? 0.8 : 0)
  );
}

function imperfect(row: MachineRow): number {
  const byShaking = row.vibration > 3 ? 0.9 : row.vibration > 1.7 ? 0.1 : -0.8;
  const byHeat = row.oil_temperature > 68 ? 0.6 : row.oil_temperature < 56 ? -0.5 : 0;
  return -0.4 + byShaking + byHeat + (row.hours > 700 ? 0.5 : -0.1);
}

export const MACHINES: Family<MachineRow> = {
  name: 'machines',
  about: 'readings of machines over time, skewed and positive; which will fail',
  features: [
    { name: 'vibration', kind: 'numeric', scale: 'log', decimals: 3 },
    { name: 'pressure', kind: 'numeric', scale: 'log', decimals: 3 },
    { name: 'current', kind: 'numeric', scale: 'log', decimals: 2 },
    { name: 'hours', kind: 'numeric', scale: 'log', decimals: 1 },
    { name: 'speed', kind: 'numeric', scale: 'linear', decimals: 0 },
    { name: 'oil_temperature', kind: 'numeric', scale: 'linear', decimals: 1 },
    { name: 'load', kind: 'numeric', scale: 'logit', decimals: 4, bounds: [0, 1] },
    { name: 'starts', kind: 'numeric', scale: 'fixed', decimals: 0 },
    { name: 'site', kind: 'categorical' },
    { name: 'maker', kind: 'categorical' },
  ],
  classes: ['fails', 'runs'],
  outcome: { level: 100, spread: 12, noise: 10 },
  draw: drawRow,
  truth,
  imperfect,
  weak: (row) => -0.4 + 0.35 * (logOf(row.hours) - 6.2) - 0.2 * (logOf(row.pressure) - 1.9),
  matters: ['vibration', 'oil_temperature', 'pressure'],
  units: [
    { feature: 'oil_temperature', name: '°C → °F', apply: fahrenheit, isApart: true },
    { feature: 'hours', name: 'hours → seconds', apply: times(3600), isApart: true },
    { feature: 'pressure', name: 'psi → kPa', apply: times(6.894_757), isApart: true },
    { feature: 'load', name: '× 100', apply: times(100), isApart: true },
    { feature: 'current', name: '× 1000', apply: times(1000), isApart: true },
  ],
  swaps: [
    ['speed', 'hours'],
    ['vibration', 'current'],
    ['pressure', 'oil_temperature'],
  ],
  flips: ['oil_temperature', 'vibration', 'speed'],
};
