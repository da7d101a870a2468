import { DAY_MS, HOUR_MS, MINUTE_MS } from '../core/clock.ts';

const NUMBER = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** `12,480` */
export function wholeNumber(value: number): string {
  return NUMBER.format(value);
}

/** `12.5K`, for narrow places. */
export function compactNumber(value: number): string {
  return COMPACT.format(value);
}

/** `just now`, `4 min ago`, `3 h ago`, `12 d ago`; a time to come is `in 5 min`. */
export function ago(iso: string, nowMs: number): string {
  const ms = nowMs - Date.parse(iso);
  const size = Math.abs(ms);
  if (size < MINUTE_MS) return 'just now';
  const text =
    size < HOUR_MS
      ? `${Math.floor(size / MINUTE_MS)} min`
      : size < 2 * DAY_MS
        ? `${Math.floor(size / HOUR_MS)} h`
        : `${Math.floor(size / DAY_MS)} d`;
  return ms >= 0 ? `${text} ago` : `in ${text}`;
}

/** `2026-03-01 12:00` in UTC. */
export function utcMinute(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)}`;
}

/** `covariate_shift` → `covariate shift`. */
export function words(name: string): string {
  return name.replaceAll('_', ' ');
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${wholeNumber(count)} ${count === 1 ? one : many}`;
}

/** Metrics as people list and choose them: the database keeps them in no order. */
export function metricsByName<T>(metrics: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(metrics).sort(([a], [b]) => (a < b ? -1 : 1));
}
