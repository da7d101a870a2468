import type { ModelSpec } from '../../core/model.ts';
import {
  advanceAlertCursor,
  appendAlertEvent,
  type AlertSeriesKey,
  lockAlertSeries,
  lockIncidents,
} from '../../store/alerts/alerts.ts';
import {
  hasChanged,
  lastStandingMs,
  pastIncidents,
  seriesOfVersion,
  takeBackDecisions,
} from '../../store/alerts/rewalked-incidents.ts';
import { countShiftedWindows } from '../../store/alerts/told-verdicts.ts';
import { inTransaction, type Pool, type Tx } from '../../store/connection/pool.ts';
import type { WindowToRecompute } from '../../store/evaluation/recomputed-windows.ts';
import { decideSeries } from '../incidents/decide-series.ts';
import type { SeriesContext } from '../messages/describe-window.ts';

export interface Rewalk {
  readonly pool: Pool;
  readonly model: ModelSpec;
  readonly note: string | null;
  readonly isQuiet: boolean;
  readonly nowMs: number;
}

export interface Rewalked {
  /** Incidents that were over, and that no window shows any more. */
  readonly corrected: readonly string[];
  /** Incidents that begin in the stretch by what its windows say now. */
  readonly opened: readonly string[];
}

/**
 * Walks through the incidents of windows that were judged again, a version in a transaction. Those that are over and rest on nothing any more
 * are marked as corrected; those that were open are by now. Behind the last one that stands, windows are decided anew,
 * up to where they had been decided: what comes after is news, and not ours.
 */
export async function rewalkIncidents(
  rewalk: Rewalk,
  windows: readonly WindowToRecompute[],
): Promise<Rewalked> {
  const corrected: string[] = [];
  const opened: string[] = [];
  for (const ofVersion of Map.groupBy(windows, ({ modelVersionId }) => modelVersionId).values()) {
    const walked = await inTransaction(rewalk.pool, async (tx) => await walkVersion(tx, rewalk, ofVersion));
    corrected.push(...walked.corrected);
    opened.push(...walked.opened);
  }
  return { corrected, opened };
}

async function walkVersion(tx: Tx, rewalk: Rewalk, windows: readonly WindowToRecompute[]): Promise<Rewalked> {
  const [first] = windows;
  if (first === undefined) return { corrected: [], opened: [] };
  const { modelVersionId, version } = first;
  await lockIncidents(tx, modelVersionId);
  const corrected: string[] = [];
  const opened: string[] = [];
  const sizes = new Set(windows.map(({ sizeMs }) => sizeMs));
  for (const { decidedUntilMs, ...key } of await seriesOfVersion(tx, modelVersionId, [...sizes])) {
    const ofSize = windows.filter(({ sizeMs }) => sizeMs === key.sizeMs);
    const span = {
      fromMs: Math.min(...ofSize.map(({ startMs }) => startMs)),
      toMs: Math.max(...ofSize.map(({ endMs }) => endMs)),
    };
    corrected.push(...(await correctPast(tx, rewalk, key, span)));
    if (decidedUntilMs === null || !(await hasChanged(tx, key, span))) continue;
    const { model, nowMs, isQuiet } = rewalk;
    const context = { key, model, versionName: version, nowMs, isQuiet };
    opened.push(...(await walkSeries(tx, context, span.fromMs, decidedUntilMs)));
  }
  return { corrected, opened };
}

async function correctPast(
  tx: Tx,
  { nowMs, note }: Rewalk,
  key: AlertSeriesKey,
  span: { readonly fromMs: number; readonly toMs: number },
): Promise<string[]> {
  const corrected: string[] = [];
  for (const { id, sinceMs, untilMs } of await pastIncidents(tx, key, span)) {
    let standing = 0;
    for (const series of ['closed', 'matured'] as const)
      standing += await countShiftedWindows(tx, { ...key, series }, sinceMs, untilMs);
    if (standing > 0) continue;
    await appendAlertEvent(tx, id, {
      atMs: nowMs,
      ...CORRECTED,
      windowId: null,
      series: key.series,
      details: { note },
    });
    corrected.push(id);
  }
  return corrected;
}

/** That no window of an incident shows it any more, since they were judged again. */
export const CORRECTED = { kind: 'corrected', reason: 'recomputed' } as const;

async function walkSeries(
  tx: Tx,
  context: SeriesContext,
  fromMs: number,
  decidedUntilMs: number,
): Promise<string[]> {
  const { key } = context;
  const standingMs = await lastStandingMs(tx, key);
  if (standingMs === null) return [];
  const beginMs = Math.max(fromMs, standingMs);
  if (beginMs >= decidedUntilMs) return [];
  await takeBackDecisions(tx, key, beginMs);
  const opened = new Set<string>();
  for (let reachedMs = beginMs; ;) {
    for (const { kind, alertId } of await decideSeries(tx, context, decidedUntilMs))
      if (kind === 'firing' && alertId !== null) opened.add(alertId);
    const { decidedUntilMs: nextMs } = await lockAlertSeries(tx, key);
    if (nextMs === null || nextMs <= reachedMs) break;
    reachedMs = nextMs;
  }
  // Whatever lies before stays decided, also where the walk stopped early.
  await advanceAlertCursor(tx, key, decidedUntilMs, null);
  return [...opened];
}
