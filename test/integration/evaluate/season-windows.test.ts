import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import type { SeasonKind } from '../../../src/core/findings.ts';
import { silentLog } from '../../../src/core/log.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { isInSeason, seasonRanges } from '../../../src/window/season-ranges.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';

/** What a season is, in the words of PostgreSQL, which counts in local time by itself. */
const SEASONS: Record<SeasonKind, string> = {
  hour_of_week: `
    select t - size / 2 as season_from, t + size / 2 as season_to
    from (select ((start_at at time zone tz) - k * interval '7 days') at time zone tz as t, size
          from this, generate_series(1, 8) k) targets`,
  day_of_week: `
    select (day - k * interval '7 days') at time zone tz as season_from,
      (day - k * interval '7 days' + interval '1 day') at time zone tz as season_to
    from (select date_trunc('day', start_at at time zone tz) as day, tz from this) days, generate_series(1, 8) k`,
  previous_year: `
    select t - interval '84 hours' as season_from, t + interval '84 hours' as season_to
    from (select ((start_at at time zone tz) - k * interval '1 year') at time zone tz as t
          from this, generate_series(1, 3) k) targets`,
};

/** Clocks that change in spring and in autumn, north and south, by half an hour, at midnight, and never. */
const ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Beirut', 'Asia/Kolkata'];
/** Some of the days on which they do; windows begin within two weeks after. */
const CHANGES = ['2025-03-09', '2025-03-30', '2025-04-06', '2025-10-05', '2025-10-26', '2025-11-02'];

interface Asked {
  readonly startMs: number;
  readonly sizeMs: number;
  readonly by: SeasonKind;
  readonly zone: string;
}

/** Starts of the windows that are anywhere near a season. */
function candidates({ startMs, sizeMs, by }: Asked): number[] {
  const from =
    by === 'previous_year'
      ? [365, 730, 1_096].map((days) => startMs - (days + 6) * DAY_MS)
      : [startMs - 58 * DAY_MS];
  const lasting = by === 'previous_year' ? 12 * DAY_MS : 58 * DAY_MS;
  return from.flatMap((first) =>
    Array.from({ length: Math.ceil(lasting / sizeMs) }, (_, at) => first + at * sizeMs),
  );
}

describeWith(['postgres'], 'the windows of a season', () => {
  let pool: Pool;
  beforeAll(async () => {
    const { url } = await createDatabase('season_windows');
    pool = createPool({ connectionString: url, max: 2, applicationName: 'test', log: silentLog });
  });
  afterAll(async () => await pool.end());

  async function byDatabase({ startMs, sizeMs, by, zone }: Asked, starts: number[]): Promise<number[]> {
    const found = await pool.query<{ start_at: Date }>(
      `with this as (
         select $1::timestamptz as start_at, $2::text as tz, $3::bigint * interval '1 millisecond' as size
       ),
       ranges as (${SEASONS[by]})
       select distinct w.start_at from unnest($4::timestamptz[]) as w (start_at)
       join ranges r on w.start_at >= r.season_from and w.start_at < r.season_to and w.start_at < $1
       where $5::boolean or (w.start_at at time zone $2)::time = ($1::timestamptz at time zone $2)::time
       order by 1`,
      [
        new Date(startMs),
        zone,
        sizeMs,
        starts.map((at) => new Date(at)),
        by !== 'previous_year' || sizeMs >= DAY_MS,
      ],
    );
    return found.rows.map(({ start_at }) => start_at.getTime());
  }

  test.each<[SeasonKind, readonly number[]]>([
    ['hour_of_week', [HOUR_MS / 2, HOUR_MS, 12 * HOUR_MS]],
    ['day_of_week', [HOUR_MS, DAY_MS]],
    ['previous_year', [HOUR_MS / 2, HOUR_MS, DAY_MS]],
  ])('%s: are those that PostgreSQL finds, also when the clocks change', async (by, sizes) => {
    const random = createRandom(7);
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
    for (let n = 0; n < 60; n++) {
      const sizeMs = pick(sizes);
      const dayMs = Date.parse(pick(CHANGES)) + Math.floor(random() * 14) * DAY_MS;
      const startMs = Math.floor((dayMs + random() * DAY_MS) / sizeMs) * sizeMs;
      const asked = { startMs, sizeMs, by, zone: pick(ZONES) };
      const starts = candidates(asked);
      const ranges = seasonRanges(startMs, sizeMs, by, asked.zone);
      const chosen = starts.filter((at) => at < startMs && isInSeason(ranges, at)).sort((a, b) => a - b);
      expect({ ...asked, chosen }).toEqual({ ...asked, chosen: await byDatabase(asked, starts) });
      if (asked.zone === 'Asia/Kolkata') expect(chosen.length).toBeGreaterThan(0);
    }
  });
});
