/** Where "now" comes from. Injected everywhere, so that tests own time. */
export interface Clock {
  nowMs(): number;
}

export const systemClock: Clock = { nowMs: () => Date.now() };

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** What a wall clock shows, as if it were UTC: `Date.UTC` of its figures, to the minute. */
export function wallClock(ms: number, timeZone: string): number {
  if (timeZone === 'UTC') return Math.floor(ms / MINUTE_MS) * MINUTE_MS;
  const figures = new Map(
    formatOf(timeZone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, value]),
  );
  const figure = (type: Intl.DateTimeFormatPartTypes): number => Number(figures.get(type));
  return Date.UTC(figure('year'), figure('month') - 1, figure('day'), figure('hour'), figure('minute'));
}

/**
 * The first instant at which the wall clock shows this time. One that is skipped in spring is the moment of the skip; of
 * one that comes twice in autumn it is the first.
 *
 * @example instantOf(Date.UTC(2026, 2, 29, 2, 30), 'Europe/Berlin') // Date.UTC(2026, 2, 29, 1)
 */
export function instantOf(wallMs: number, timeZone: string): number {
  const offsets = [wallMs - DAY_MS, wallMs + DAY_MS].map((ms) => wallClock(ms, timeZone) - ms);
  const candidates = offsets.map((offset) => wallMs - offset).sort((a, b) => a - b);
  const showing = candidates.find((ms) => wallClock(ms, timeZone) === wallMs);
  if (showing !== undefined) return showing;
  const [before = wallMs, after = wallMs] = candidates;
  return firstShowingMore(before, after, wallMs, timeZone);
}

/** Between an instant whose clock shows less and one whose clock shows more. */
function firstShowingMore(beforeMs: number, afterMs: number, wallMs: number, timeZone: string): number {
  let [less, more] = [beforeMs, afterMs];
  while (more - less > MINUTE_MS) {
    const middle = less + Math.floor((more - less) / (2 * MINUTE_MS)) * MINUTE_MS;
    if (wallClock(middle, timeZone) >= wallMs) more = middle;
    else less = middle;
  }
  return more;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Kept, because making one takes a hundred times as long as using it. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      hourCycle: 'h23',
    });
    formats.set(timeZone, format);
  }
  return format;
}

/** What was waited for did not come in time; it may still. */
export class NoAnswerInTime extends Error {
  override readonly name = 'NoAnswerInTime';
}

/** Waits for what may never end: after the deadline it counts as not answering. Real time, whatever clock the caller goes by. */
export async function withDeadline<T>(work: Promise<T>, deadlineMs: number): Promise<T> {
  const clock = new AbortController();
  const deadline = new Promise<never>((_resolve, reject) => {
    const timer = setTimeout(
      () => reject(new NoAnswerInTime(`no answer within ${deadlineMs / 1_000} s`)),
      deadlineMs,
    );
    clock.signal.addEventListener('abort', () => clearTimeout(timer));
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clock.abort();
  }
}
