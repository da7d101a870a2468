import { DAY_MS, HOUR_MS } from '../../src/core/clock.ts';
import type { Retention } from '../../src/core/history/retention.ts';
import { retire } from '../../src/pipeline/history/retire.ts';
import type { Pool } from '../../src/store/connection/pool.ts';
import { listMeasurements } from '../../src/store/read-models/measurements.ts';
import { historyModel, postingTo, type Shape } from './fill.ts';
import type { Extent } from './multiply.ts';

/** A third of the time is over its age. Events come meanwhile, and somebody reads; how long they wait is printed. */
export async function letGo(
  pool: Pool,
  shape: Shape,
  { hours, countsDays, comparisonsDays }: Extent,
): Promise<void> {
  const spec = historyModel();
  const keptMs = Math.round((2 * hours * HOUR_MS) / 3);
  const retention: Retention = {
    predictionsMs: 30 * DAY_MS,
    comparisonsMs: Math.min(keptMs, comparisonsDays * DAY_MS),
    countsMs: Math.min(keptMs, countsDays * DAY_MS),
    daysMs: 400 * DAY_MS,
    weeksMs: null,
    windowsMs: keptMs,
    incidentsMs: 3 * 366 * DAY_MS,
    messagesMs: 90 * DAY_MS,
    deadLettersMs: 30 * DAY_MS,
    batchesMs: 7 * DAY_MS,
    auditMs: 400 * DAY_MS,
  };
  const others = [
    repeat('posts of 100 events', await postingTo(pool, spec, shape)),
    repeat('reads of a feature', async () => {
      const asked = { model: spec.name, name: 'x_3', segment: '', details: false };
      await listMeasurements(pool, asked, { limit: 100, after: null });
    }),
    repeat('looks at locks, of which', async () => await longestLock(pool)),
  ];
  const began = Date.now();
  const history = { retention, models: [{ model: spec.name, horizonMs: DAY_MS, retention }] };
  const retired = await retire(pool, { history, nowMs: Date.now() });
  console.log(`let go in ${((Date.now() - began) / 1_000).toFixed(1)} s: ${JSON.stringify(retired)}`);
  for (const stop of others) await stop();
}

/** Does it again and again until it is stopped. */
function repeat(what: string, work: () => Promise<number | void>): () => Promise<void> {
  let [isOver, times, longestMs] = [false, 0, 0];
  const loop = (async () => {
    while (!isOver) {
      const began = performance.now();
      const measured = await work();
      longestMs = Math.max(longestMs, measured ?? performance.now() - began);
      times += 1;
    }
  })();
  return async () => {
    isOver = true;
    await loop;
    console.log(`meanwhile ${times} ${what}: the longest took ${longestMs.toFixed(0)} ms`);
  };
}

/** Since when a table is locked against everybody. */
async function longestLock(pool: Pool): Promise<number> {
  const found = await pool.query<{ ms: number }>(
    `select coalesce(max(extract(epoch from clock_timestamp() - a.xact_start)), 0)::float8 * 1000 as ms
     from pg_locks l join pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'relation' and l.mode = 'AccessExclusiveLock' and l.granted`,
  );
  return found.rows[0]!.ms;
}
