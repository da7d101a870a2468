import { DAY_MS, HOUR_MS, MINUTE_MS } from './clock.ts';
import { fail, ok, type Result } from './result.ts';

/** A period as an address writes it: times, or counted back from now or from the newest data. */
export interface PeriodText {
  readonly from: string | null;
  readonly to: string | null;
}

/** [from, to). */
export interface Period {
  readonly fromMs: number;
  readonly toMs: number;
}

const UNITS: Readonly<Record<string, number>> = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS, w: 7 * DAY_MS };
const RELATIVE = /^(now|latest)(?:-(\d{1,5})([mhdw]))?$/;
const ABSOLUTE = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)?)?$/;
const DEFAULT_SPAN_MS = 7 * DAY_MS;

/**
 * What a period in an address means. Without `to` it ends with the newest data, without `from` it is seven days long, or
 * as long as `defaultSpanMs` says. A time without a zone is UTC.
 *
 * @example resolvePeriod({ from: 'latest-1d', to: null }, Date.UTC(2026, 2, 2), 0) // ok: 1 March to 2 March
 */
export function resolvePeriod(
  text: PeriodText,
  latestMs: number,
  nowMs: number,
  defaultSpanMs = DEFAULT_SPAN_MS,
): Result<Period, string> {
  const toMs = momentOf(text.to ?? 'latest', latestMs, nowMs);
  if (toMs === null) return fail(`\`to\` is no time: ${EXPECTED}`);
  const fromMs = text.from === null ? toMs - defaultSpanMs : momentOf(text.from, latestMs, nowMs);
  if (fromMs === null) return fail(`\`from\` is no time: ${EXPECTED}`);
  if (fromMs >= toMs) return fail('`from` must lie before `to`');
  return ok({ fromMs, toMs });
}

const EXPECTED = 'give an ISO 8601 time, or `now-7d`, `latest-7d` (m, h, d, w)';

function momentOf(text: string, latestMs: number, nowMs: number): number | null {
  const relative = RELATIVE.exec(text);
  if (relative !== null) {
    const [, anchor, count = '0', unit = 'm'] = relative;
    return (anchor === 'now' ? nowMs : latestMs) - Number(count) * (UNITS[unit] ?? 0);
  }
  if (!ABSOLUTE.test(text)) return null;
  const hasZone = /(?:Z|[+-]\d\d:\d\d)$/.test(text);
  const ms = Date.parse(hasZone || !text.includes('T') ? text : `${text}Z`);
  return Number.isNaN(ms) ? null : ms;
}

const DEFAULT_WINDOWS = 30;

/** Seven days, but at least thirty windows of the size that is shown. */
export function defaultSpanMs(windowMs: number): number {
  return Math.max(DEFAULT_SPAN_MS, DEFAULT_WINDOWS * windowMs);
}
