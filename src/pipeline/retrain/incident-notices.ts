import { runNews } from '../../act/retrain/run-news.ts';
import type { ModelSpec } from '../../core/model.ts';
import type { Tx } from '../../store/connection/pool.ts';
import {
  countRunIncidents,
  openRetrainIncident,
  type RetrainIncident,
} from '../../store/retrain/incidents.ts';
import type { RetrainIncidentKind, RetrainResolution } from '../../store/rows/words.ts';
import { loadFullRun, type FullRun } from '../../store/retrain/runs.ts';
import { notifyChannels } from '../messages/notify-channels.ts';

/** Null: configured no more, and nobody to tell. */
type Model = ModelSpec | null;

export interface RunTrouble {
  readonly kind: Exclude<RetrainIncidentKind, 'undeliverable'>;
  /** One plain sentence. */
  readonly says: string;
  readonly next: string;
}

/** Opens an incident of a run and tells the model's channels, unless one is open already. */
export async function raiseRunIncident(
  tx: Tx,
  model: Model,
  run: FullRun,
  { kind, says, next }: RunTrouble,
  nowMs: number,
): Promise<void> {
  const opened = await openRetrainIncident(tx, run.id, kind, says, nowMs);
  if (opened === null || model === null) return;
  const incidentId = incidentName(run.id, await countRunIncidents(tx, run.id));
  await notifyChannels(
    tx,
    model,
    runNews(run.request, {
      kind: kind === 'silent' ? 'retrain_silent' : 'retrain_failed',
      incidentId,
      retrain: { state: 'failed', reason: says },
      run: { id: run.id, says, next, newVersion: null, outcome: null },
    }),
    nowMs,
  );
}

const RESOLVED_WORDS: Readonly<Record<RetrainResolution, string>> = {
  reported: 'The run has reported after all.',
  later_run_succeeded: 'A later run of the model has succeeded.',
};

/** Tells the same channels that an incident is over, in the same conversation. */
export async function tellResolved(
  tx: Tx,
  model: Model,
  incident: RetrainIncident,
  resolution: RetrainResolution,
  nowMs: number,
): Promise<void> {
  const run = await loadFullRun(tx, incident.runId);
  if (run === null || model === null) return;
  const says = RESOLVED_WORDS[resolution];
  const notification = runNews(run.request, {
    kind: 'retrain_recovered',
    incidentId: incidentName(run.id, await countRunIncidents(tx, run.id)),
    retrain: { state: run.state, reason: says },
    run: { id: run.id, says, next: null, newVersion: run.newVersion, outcome: null },
  });
  await notifyChannels(tx, model, notification, nowMs);
}

/** The first is called after the run alone, as whoever gives up a request calls it. */
function incidentName(runId: string, place: number): string {
  return place <= 1 ? `retrain-${runId}` : `retrain-${runId}-${place}`;
}
