import { cpus, loadavg, totalmem } from 'node:os';
import type { Measured } from './steady-rate.ts';
import { VARIANTS } from './variants.ts';

/** Of one variant, medians of its rounds. */
export interface Figures {
  readonly rate: number;
  /** Processor seconds for a million events. */
  readonly cpu: number;
  readonly mb: number;
  readonly growth: Measured['growth'];
  readonly note: string;
}

const median = (all: readonly number[]): number =>
  all.toSorted((x, y) => x - y)[all.length >> 1] ?? Number.NaN;

export function figuresOf(results: ReadonlyMap<string, readonly Measured[]>): Record<string, Figures> {
  return Object.fromEntries(
    [...results].map(([variant, all]) => [
      variant,
      {
        rate: median(all.map((each) => each.eventsPerSecond)),
        cpu: median(all.map((each) => each.cpuSecondsPerMillion)),
        mb: median(all.map((each) => each.peakMb)),
        growth: all[0]?.growth ?? null,
        note: all[0]?.note ?? '',
      },
    ]),
  );
}

/** A Markdown table, below what was measured and where. */
export function reportOf(figures: Record<string, Figures>, setting: string, loadBefore: number): string {
  const base = figures['b'];
  const lines = Object.entries(figures).map(([variant, { rate, cpu, mb, growth, note }]) => {
    const against = base === undefined ? '' : (rate / base.rate).toFixed(2);
    const grown = growth === null ? '' : `${Math.round(growth.earlyMb)}, ${Math.round(growth.lateMb)}`;
    const cpuAgainst = base === undefined ? '' : (base.cpu / cpu).toFixed(2);
    return `| ${variant} | ${VARIANTS[variant]?.name} | ${Math.round(rate)} | ${against} | ${cpu.toFixed(2)} | ${cpuAgainst} | ${Math.round(mb)} | ${grown} | ${note} |\n`;
  });
  return (
    `${setting}\n` +
    `${cpus()[0]?.model ?? 'unknown processor'} × ${cpus().length}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}; ` +
    `load average ${loadBefore.toFixed(2)} before, ${(loadavg()[0] ?? 0).toFixed(2)} after\n\n` +
    '|   | variant | events/s | against b | CPU s per million | b against it | peak MB | MB in the second and the last million | |\n|---|---|---:|---:|---:|---:|---:|---:|---|\n' +
    lines.join('')
  );
}
