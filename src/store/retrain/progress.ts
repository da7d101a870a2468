import type { ProgressPoint, RetrainTarget } from '../../core/retrain/retrain.ts';
import type { Queryable, Tx } from '../connection/pool.ts';

/** A curve longer than this is thinned, so that a pipeline that reports every step fills no disk. */
export const MAX_PROGRESS_POINTS = 1_000;

/** Adds points to a run's curve; those it has already are one with them. The run is locked by the caller. */
export async function addProgress(
  tx: Tx,
  runId: string,
  points: readonly ProgressPoint[],
  nowMs: number,
): Promise<void> {
  if (points.length === 0) return;
  await tx.query(
    `insert into retrain_progress (run_id, metric, value, step, epoch, elapsed_s, energy_j, cost, received_at)
     select $1, p.*, $9 from unnest($2::text[], $3::float8[], $4::bigint[], $5::float8[], $6::float8[], $7::float8[],
       $8::float8[]) as p
     on conflict do nothing`,
    [
      runId,
      points.map(({ metric }) => metric),
      points.map(({ value }) => value),
      points.map(({ step }) => step),
      points.map(({ epoch }) => epoch),
      points.map(({ elapsedS }) => elapsedS),
      points.map(({ energyJ }) => energyJ),
      points.map(({ cost }) => cost),
      new Date(nowMs),
    ],
  );
  await thin(tx, runId);
}

/** Every second point goes, in order of time; the newest of each metric stays. */
async function thin(tx: Tx, runId: string): Promise<void> {
  await tx.query(
    `delete from retrain_progress where id in (
       select id from (
         select id, count(*) over () as points,
           row_number() over (partition by metric order by elapsed_s desc nulls first, received_at desc, id desc) as place
         from retrain_progress where run_id = $1
       ) p where points > $2 and place % 2 = 0
     )`,
    [runId, MAX_PROGRESS_POINTS],
  );
}

/** What a run's curve is measured against. The first that is set stays, whatever the configuration says later. */
export async function keepTarget(tx: Tx, runId: string, target: RetrainTarget): Promise<void> {
  await tx.query(
    `update retrain_run set target_metric = $2, target_value = $3, target_lower_is_better = $4, target_source = $5
     where id = $1 and target_metric is null`,
    [runId, target.metric, target.value, target.lowerIsBetter, target.source],
  );
}

/** Metrics that a run has points of. */
export async function progressMetrics(db: Queryable, runId: string): Promise<string[]> {
  const found = await db.query<{ metric: string }>(
    'select metric from retrain_progress where run_id = $1 group by metric order by min(id)',
    [runId],
  );
  return found.rows.map(({ metric }) => metric);
}
