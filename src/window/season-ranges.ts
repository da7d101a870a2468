import { DAY_MS, HOUR_MS, MINUTE_MS, wallClock } from '../core/clock.ts';
import type { SeasonKind } from '../core/findings.ts';
import { SEASON_WEEKS, SEASON_YEARS } from '../core/model.ts';

export interface SeasonRange {
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
}

/**
 * Moments between which windows of the same season begin, which is all that decides which windows are of it. Weeks and
 * years are counted in local time, so that eight in the morning stays eight in the morning whatever the clocks did in
 * between. A season of last year is the week around the same date, so that it holds every day of the week once; windows
 * shorter than a day are of the same time of day there.
 *
 * @param timeZone IANA name
 * For example: seasonRanges(Date.UTC(2026, 2, 9, 8), 3_600_000, 'hour_of_week', 'UTC')[0] // half an hour around 2 March, 8:00
 */
export function seasonRanges(
  startMs: number,
  sizeMs: number,
  by: SeasonKind,
  timeZone: string,
): SeasonRange[] {
  const zone = new ZonedClock(timeZone);
  const local = zone.localMs(startMs);
  const back = Array.from(
    { length: by === 'previous_year' ? SEASON_YEARS : SEASON_WEEKS },
    (_, at) => at + 1,
  );
  switch (by) {
    case 'hour_of_week':
      return back.map((weeks) => around(zone.instantMs(local - weeks * 7 * DAY_MS), sizeMs / 2));
    case 'day_of_week': {
      const day = Math.floor(local / DAY_MS) * DAY_MS;
      return back.map((weeks) => ({
        fromMs: zone.instantMs(day - weeks * 7 * DAY_MS),
        toMs: zone.instantMs(day - weeks * 7 * DAY_MS + DAY_MS),
      }));
    }
    case 'previous_year': {
      const dates = back.map((years) => yearsBefore(local, years));
      if (sizeMs >= DAY_MS) return dates.map((date) => around(zone.instantMs(date), 84 * HOUR_MS));
      return dates.flatMap((date) =>
        [-3, -2, -1, 0, 1, 2, 3].flatMap((days) =>
          zone.instantsAt(date + days * DAY_MS).map((at) => ({ fromMs: at, toMs: at + 1 })),
        ),
      );
    }
  }
}

/** Whether a window that begins then is of the season. */
export function isInSeason(ranges: readonly SeasonRange[], startMs: number): boolean {
  return ranges.some(({ fromMs, toMs }) => startMs >= fromMs && startMs < toMs);
}

function around(ms: number, halfMs: number): SeasonRange {
  return { fromMs: ms - halfMs, toMs: ms + halfMs };
}

/** 29 February becomes the 28th where there is none. */
function yearsBefore(localMs: number, years: number): number {
  const date = new Date(localMs);
  const moved = new Date(localMs);
  moved.setUTCFullYear(date.getUTCFullYear() - years);
  if (moved.getUTCMonth() !== date.getUTCMonth()) moved.setUTCDate(0);
  return moved.getTime();
}

/** Local time as if it were UTC, and back. */
class ZonedClock {
  readonly #timeZone: string;

  constructor(timeZone: string) {
    this.#timeZone = timeZone;
  }

  localMs(ms: number): number {
    return wallClock(ms, this.#timeZone) + (((ms % MINUTE_MS) + MINUTE_MS) % MINUTE_MS);
  }

  /** A local time that comes twice is its second occurrence, one that does not exist lies after the gap. */
  instantMs(localMs: number): number {
    const guess = localMs - (this.localMs(localMs) - localMs);
    const offset = this.localMs(guess) - guess;
    return localMs - offset;
  }

  /** Both occurrences of a local time that comes twice; none of one that does not exist. */
  instantsAt(localMs: number): number[] {
    const offsets = [localMs - DAY_MS, localMs + DAY_MS].map((near) => this.localMs(near) - near);
    return [...new Set(offsets.map((offset) => localMs - offset))].filter(
      (at) => this.localMs(at) === localMs,
    );
  }
}
