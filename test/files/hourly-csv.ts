import { HOUR_MS } from '../../src/core/clock.ts';
import { draws } from '../../src/simulate/draws.ts';

/** A Monday. */
export const HOURLY_START = Date.UTC(2026, 0, 5);
/** A window. */
export const HOURLY_ROWS = 240;

interface Days {
  readonly days: number;
  readonly fromDay?: number;
  /** Added to the load from this day on. */
  readonly step?: { readonly fromDay: number; readonly by: number };
  /** Hours whose rows are those of the hour half a day away. */
  readonly exchanged?: readonly number[];
}

/** Windows of an hour, whose load and channel follow the hours; what the label follows stays. */
export function hourlyCsv(seed: number, { days, fromDay = 0, step, exchanged = [] }: Days): string {
  const { normal, uniform: random } = draws(seed);
  const lines = ['timestamp,load,channel,age,prediction,score,label'];
  for (let hour = fromDay * 24; hour < (fromDay + days) * 24; hour++) {
    const of = exchanged.includes(hour % 24) ? hour + 12 : hour;
    const wave = Math.cos(((of - 14) / 12) * Math.PI);
    for (let row = 0; row < HOURLY_ROWS; row++) {
      const moved = step !== undefined && hour >= step.fromDay * 24 ? step.by : 0;
      const load = 100 + 25 * wave + moved + 15 * normal();
      const channel = random() < 0.5 + 0.3 * wave ? 'web' : 'shop';
      const age = 40 + 9 * normal();
      const p = 1 / (1 + Math.exp(-(0.03 * (load - 100) + (channel === 'web' ? 0.5 : 0) - 0.3)));
      const label = random() < p ? 1 : 0;
      const at = new Date(
        HOURLY_START + hour * HOUR_MS + Math.floor((row / HOURLY_ROWS) * HOUR_MS),
      ).toISOString();
      lines.push(
        `${at},${load.toFixed(1)},${channel},${age.toFixed(0)},${p > 0.5 ? 1 : 0},${p.toFixed(3)},${label}`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}
