import { DAY_MS, HOUR_MS, MINUTE_MS } from '../clock.ts';
import { fail, ok, type Result } from '../result.ts';

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
/** What is shown by default is at least so long, and at least so many windows. */
export const SHORTEST_SPAN_MS: number = 7 * DAY_MS;
export const SHORTEST_WINDOWS = 30;

/**
 * What a period in an address means. Without `to` it ends with the newest data, without `from` it is seven days long, or
 * as long as `defaultSpanMs` says. A time without a zone is UTC.
 *
 * For example: resolvePeriod({ from: 'latest-1d', to: null }, Date.UTC(2026, 2, 2), 0) // ok: 1 March to 2 March
 */
export function resolvePeriod(
  text: PeriodText,
  latestMs: number,
  nowMs: number,
  defaultSpanMs = SHORTEST_SPAN_MS,
): Result<Period, string> {
  const toMs = momentOf(text.to ?? 'latest', latestMs, nowMs);
  if (toMs === null) return fail(`\`to\` ${quoted(text.to)} is no time: ${EXPECTED}`);
  const fromMs = text.from === null ? toMs - defaultSpanMs : momentOf(text.from, latestMs, nowMs);
  if (fromMs === null) return fail(`\`from\` ${quoted(text.from)} is no time: ${EXPECTED}`);
  if (fromMs >= toMs) return fail('`from` must lie before `to`');
  return ok({ fromMs, toMs });
}

/** As the address has it, as far as it tells something. */
const quoted = (text: string | null): string => JSON.stringify((text ?? '').slice(0, 40));

const EXPECTED = 'give an ISO 8601 time, or `now-7d`, `latest-7d` (m, h, d, w)';

/** A moment of an address: so many milliseconds of the epoch, or beside the newest data. */
export interface AskedMoment {
  readonly ofLatest: boolean;
  readonly ms: number;
}

/** Null where the text is no moment. For queries that find the newest data themselves. */
export function readMoment(text: string, nowMs: number): AskedMoment | null {
  const relative = RELATIVE.exec(text);
  if (relative !== null) {
    const [, anchor, count = '0', unit = 'm'] = relative;
    const back = Number(count) * (UNITS[unit] ?? 0);
    return anchor === 'now' ? { ofLatest: false, ms: nowMs - back } : { ofLatest: true, ms: -back };
  }
  if (!ABSOLUTE.test(text)) return null;
  const hasZone = /(?:Z|[+-]\d\d:\d\d)$/.test(text);
  const ms = Date.parse(hasZone || !text.includes('T') ? text : `${text}Z`);
  return Number.isNaN(ms) ? null : { ofLatest: false, ms };
}

function momentOf(text: string, latestMs: number, nowMs: number): number | null {
  const moment = readMoment(text, nowMs);
  return moment === null ? null : moment.ms + (moment.ofLatest ? latestMs : 0);
}

/** Seven days, but at least thirty windows of the size that is shown. */
export function defaultSpanMs(windowMs: number): number {
  return Math.max(SHORTEST_SPAN_MS, SHORTEST_WINDOWS * windowMs);
}

/** A period that nobody asked for does not begin before the data: of a young model there would be little but emptiness. */
export function sinceData({ fromMs, toMs }: Period, firstMs = fromMs): Period {
  return { fromMs: firstMs < toMs ? Math.max(fromMs, firstMs) : fromMs, toMs };
}
