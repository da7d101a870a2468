import type { Rate } from './bounds.ts';

/** `0.42 (at most 0.71)`: flagged per 1,000, and the bound. */
export function ratePerThousand(rate: Rate): string {
  return `${perThousand(rate.rate)} (at most ${perThousand(rate.upper)})`;
}

/** Two digits after the point are more than the simulation knows above ten. */
export function perThousand(share: number): string {
  const value = 1000 * share;
  return value === 0 ? '0' : value.toFixed(value < 10 ? 2 : 0);
}

export function sharePercent(share: number): string {
  return `${inPercent(share)} %`;
}

/** For tables whose head has the unit. */
export function inPercent(share: number): string {
  const percent = 100 * share;
  if (share === 0 || share === 1) return String(percent);
  if (percent < 0.1) return '< 0.1';
  if (percent > 99.9) return '> 99.9';
  return percent.toFixed(percent < 10 || percent > 90 ? 1 : 0);
}

export function count(value: number): string {
  return value.toLocaleString('en-US');
}

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
