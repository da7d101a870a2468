import type { EvaluationSeries } from '../evaluation-series.ts';
import type { ShiftKind, VerdictKind } from '../findings.ts';
import type { OperationKind } from '../operational.ts';

/**
 * What an incident is about: the data or the world moved, no data came at all, or the way predictions are made got
 * beyond its limits. Each has incidents of its own, so that one neither hides nor ends another.
 */
export const ALERT_CAUSES = ['shift', 'no_data', 'operational'] as const;
export type AlertCause = (typeof ALERT_CAUSES)[number];

/** What people are told of once in an incident; `performance_loss`: the model got worse, and the rows do not tell why. */
export type AlertKind = ShiftKind | OperationKind | 'performance_loss' | 'no_data';

/** How an empty window was taken when the clock opened it; `served_elsewhere`: another version had rows then. */
export type WindowSilence = 'unexpected' | 'usual' | 'served_elsewhere';

/** Windows one after the other in which rows were expected and none came. */
export interface SilentStretch {
  readonly startMs: number;
  readonly endMs: number;
}

/** How a series stands after its newest decided window. Without an open incident, what that window said. */
export const SERIES_STATES = [
  'ok',
  'pending',
  'firing',
  'recovering',
  'insufficient',
  'no_data',
  'undetermined',
] as const;
export type SeriesState = (typeof SERIES_STATES)[number];

/**
 * One incident of some rows (model version, window size, segment) and a cause. `src/decide` steps it, `src/store` keeps it.
 * No alert at all is `null`. Of a shift there are two views, inputs when windows close and labels when they are in: each
 * is stepped as if it were the incident, and the incident is what they say together.
 */
export interface AlertState {
  readonly state: 'pending' | 'firing' | 'recovering' | 'resolved';
  /** What the newest window that counted says of the data. */
  readonly verdict: VerdictKind;
  readonly types: readonly AlertKind[];
  /** What it is about: features of a shift, metrics of operation; the newest window's first, the gravest first. */
  readonly subjects: readonly string[];
  /** Of a shift: the verdict it fired with, the incident's name in every message about it. Null before. */
  readonly firedVerdict: VerdictKind | null;
  /** Kinds that people have been told about in this incident. */
  readonly toldTypes: readonly AlertKind[];
  /** Consecutive windows that counted towards the incident; those that say nothing neither count nor reset. */
  readonly windowsInARow: number;
  /** Consecutive windows that named the same. */
  readonly verdictInARow: number;
  readonly cleanInARow: number;
  /** Start of the first window of the incident. */
  readonly sinceMs: number;
  readonly lastWindowId: string;
  readonly firedAtMs: number | null;
  /** Set with the state `resolved`, also when the alert was cleared before it ever fired. */
  readonly resolvedAtMs: number | null;
  readonly lastNotifiedAtMs: number | null;
  readonly nextReminderAtMs: number | null;
}

/** What a view has of its own: what windows of its series have said so far. */
export type AlertView = Pick<
  AlertState,
  | 'state'
  | 'verdict'
  | 'types'
  | 'subjects'
  | 'windowsInARow'
  | 'verdictInARow'
  | 'cleanInARow'
  | 'sinceMs'
  | 'lastWindowId'
>;

/** An incident that a window belongs to, and its views by series. */
export interface Incident {
  readonly alert: AlertState;
  /** Of which series its verdict and newest window are: that of a view. */
  readonly lead: EvaluationSeries;
  readonly views: ReadonlyMap<EvaluationSeries, AlertView>;
}

/** Of messages about an incident. `corrected`: what was said of a window is not so any more. */
export const INCIDENT_KINDS = ['firing', 'reminder', 'resolved', 'corrected'] as const;
export type IncidentKind = (typeof INCIDENT_KINDS)[number];
