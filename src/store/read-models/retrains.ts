import { baselineCommand } from '../../core/baseline-command.ts';
import type { RetrainTarget } from '../../core/retrain/retrain.ts';
import { reachedTarget } from '../../core/retrain/training-curve.ts';
import type { Queryable } from '../connection/pool.ts';
import type {
  RetrainDetail,
  RetrainIncidentRow,
  RetrainPoint,
  RetrainProgress,
  RetrainReach,
  RetrainRow,
} from '../rows/retrains.ts';
import { type Page, type PageRequest, cutPage } from '../connection/page.ts';
import { select, selectOne } from '../connection/select.ts';

export interface RetrainFilter {
  readonly model?: string | undefined;
  readonly version?: string | undefined;
  readonly state?: RetrainRow['state'] | undefined;
}

export const RETRAIN_COLUMNS = `
  r.id::text as id, m.name as model, v.name as version, r.state, r.trigger, r.reason, r.webhook,
  r.window_id::text as window_id, r.requested_at, r.sent_at, r.closed_at, r.external_id, r.new_version, r.detail,
  r.heard_at, r.silent_at, r.outcome, r.outcome_reason,
  r.requested_by, r.expires_at, r.decided_by, r.decided_at, r.decision_comment,
  exists (select 1 from retrain_incident i where i.run_id = r.id and i.resolved_at is null) as in_trouble`;
const FROM = `
  from retrain_run r
  join model_version v on v.id = r.model_version_id
  join model m on m.id = v.model_id`;

/** Newest first. The key is a run's id: its time of request is finer than a millisecond and stays inside. */
export async function listRetrains(
  db: Queryable,
  filter: RetrainFilter,
  page: PageRequest<string>,
): Promise<Page<RetrainRow, string>> {
  const rows = await select<RetrainRow>(
    db,
    `select ${RETRAIN_COLUMNS} ${FROM}
     where ($1::text is null or m.name = $1)
       and ($2::text is null or v.name = $2)
       and ($3::text is null or r.state = $3)
       and ($4::uuid is null or (r.requested_at, r.id) < (select requested_at, id from retrain_run where id = $4))
     order by r.requested_at desc, r.id desc limit $5`,
    [filter.model ?? null, filter.version ?? null, filter.state ?? null, page.after, page.limit + 1],
  );
  return cutPage(rows, page.limit, (row) => row.id);
}

export async function findRetrain(db: Queryable, id: string): Promise<RetrainDetail | null> {
  const run = await selectOne<
    RetrainRow & Pick<RetrainDetail, 'request' | 'metrics' | 'outcome_at' | 'outcome_details'>
  >(
    db,
    `select ${RETRAIN_COLUMNS}, r.request, r.metrics, r.outcome_at, r.outcome_details - 'seen' as outcome_details
     ${FROM} where r.id = $1`,
    [id],
  );
  if (run === null) return null;
  return {
    ...run,
    progress: await progressOf(db, run),
    incidents: await select<RetrainIncidentRow>(
      db,
      `select kind, reason, opened_at, resolved_at, resolution from retrain_incident where run_id = $1 order by id`,
      [id],
    ),
    new_baseline: await newBaseline(db, run),
  };
}

async function newBaseline(
  db: Queryable,
  { model, new_version: version }: RetrainRow,
): Promise<RetrainDetail['new_baseline']> {
  if (version === null) return null;
  const found = await select(
    db,
    `select 1 from baseline b join model_version v on v.id = b.model_version_id join model m on m.id = v.model_id
     where m.name = $1 and v.name = $2 limit 1`,
    [model, version],
  );
  const exists = found.length > 0;
  return { exists, command: exists ? null : baselineCommand(model, version) };
}

/** Earlier runs that a curve is compared with. */
const EARLIER_RUNS = 5;

async function progressOf(db: Queryable, run: RetrainRow): Promise<RetrainProgress> {
  const points = (await pointsOf(db, [run.id])).get(run.id) ?? [];
  const kept = await selectOne<{
    metric: string;
    value: number;
    lower: boolean;
    source: RetrainTarget['source'];
  }>(
    db,
    `select target_metric as metric, target_value as value, target_lower_is_better as lower, target_source as source
     from retrain_run where id = $1 and target_metric is not null`,
    [run.id],
  );
  if (kept === null) return { points, target: null, reached: null, earlier: [] };
  const { metric, value, source, lower } = kept;
  const target: RetrainTarget = { metric, value, lowerIsBetter: lower, source };
  return {
    points,
    target: { metric, value, better: lower ? 'lower' : 'higher', source },
    reached: reach(points, target),
    earlier: await earlierRuns(db, run, target),
  };
}

async function earlierRuns(
  db: Queryable,
  { id, model }: RetrainRow,
  target: RetrainTarget,
): Promise<RetrainProgress['earlier']> {
  const runs = await select<Omit<RetrainProgress['earlier'][number], 'reached'>>(
    db,
    `select r.id::text as run_id, v.name as version, r.requested_at ${FROM}
     where m.name = $1 and (r.requested_at, r.id) < (select requested_at, id from retrain_run where id = $2)
       and exists (select 1 from retrain_progress p where p.run_id = r.id and p.metric = $3)
     order by r.requested_at desc, r.id desc limit $4`,
    [model, id, target.metric, EARLIER_RUNS],
  );
  const points = await pointsOf(
    db,
    runs.map(({ run_id: runId }) => runId),
  );
  return runs.map((run) => ({ ...run, reached: reach(points.get(run.run_id) ?? [], target) }));
}

function reach(points: readonly RetrainPoint[], target: RetrainTarget): RetrainReach | null {
  const reached = reachedTarget(
    points.map(({ elapsed_s: elapsedS, energy_j: energyJ, ...point }) => ({ ...point, elapsedS, energyJ })),
    target,
  );
  return reached === null
    ? null
    : { elapsed_s: reached.elapsedS, energy_j: reached.energyJ, cost: reached.cost };
}

/** The curves of runs by id. Where a pipeline gives no time of its own, the time of arrival stands in for it. */
export async function pointsOf(
  db: Queryable,
  runIds: readonly string[],
): Promise<Map<string, RetrainPoint[]>> {
  const rows = await select<RetrainPoint & { run_id: string }>(
    db,
    `select p.run_id::text as run_id, p.metric, p.value, p.step, p.epoch,
       coalesce(p.elapsed_s,
         greatest(0, extract(epoch from p.received_at - coalesce(r.sent_at, r.requested_at))))::float8 as elapsed_s,
       p.energy_j, p.cost
     from retrain_progress p join retrain_run r on r.id = p.run_id
     where p.run_id = any($1::uuid[]) order by elapsed_s, p.id`,
    [runIds],
  );
  const byRun = new Map<string, RetrainPoint[]>();
  for (const { run_id: runId, ...point } of rows) {
    const points = byRun.get(runId) ?? [];
    points.push(point);
    byRun.set(runId, points);
  }
  return byRun;
}
