import type { MutedFeature } from './alert-hold.ts';
import type { AlertCause } from './alert.ts';
import type { Operational } from './operational.ts';
import type { Advice, Diagnosis, Evidence, FeatureComparison, Performance, VerdictKind } from './findings.ts';

/** Which of a window's two evaluations: `closed` (inputs, faults) or `matured` (labels, performance, concept). */
export type EvaluationSeries = 'closed' | 'matured';

/**
 * Rows of the outbox. They are written in the transaction that decided them; the relay turns them into
 * queue jobs. Jobs carry the outbox id only; the payload stays in Postgres.
 */
export type OutboxMessage = EvaluateMessage | NotifyMessage | RetrainMessage;
export type OutboxKind = OutboxMessage['kind'];

export interface EvaluateMessage {
  readonly kind: 'evaluate';
  readonly windowId: string;
  readonly series: EvaluationSeries;
}

export type NotificationKind =
  | 'firing'
  | 'reminder'
  | 'resolved'
  /** What was said of a window is not so any more. */
  | 'corrected'
  | 'retrain_requested'
  | 'retrain_failed'
  /** A log lost records or was made anew; `model` is then the log, `modelVersion` its partition. */
  | 'log_incident';

/** Everything a channel needs to tell a person; self-contained, so that a late retry says what was true then. */
export interface Notification {
  readonly kind: NotificationKind;
  readonly incidentId: string;
  /** What the incident is about. Absent: a shift, or no incident of a series. */
  readonly cause?: AlertCause;
  /** Features of a shift, metrics of operation, that belong to the incident; the gravest first. */
  readonly subjects?: readonly string[];
  readonly model: string;
  readonly modelVersion: string;
  readonly segment: string;
  readonly series: EvaluationSeries;
  /** Null when no window is behind it: a scheduled retraining. Start and end are then the moment it was asked for. */
  readonly windowId: string | null;
  readonly windowStartMs: number;
  readonly windowEndMs: number;
  /** What people were told first; names the incident in every later message. Absent: the present verdict. */
  readonly firedVerdict?: VerdictKind | null;
  /** Start of the first window of the incident. */
  readonly sinceMs: number;
  readonly windowsInARow: number;
  readonly rows: number;
  readonly diagnosis: Diagnosis;
  readonly features: readonly FeatureComparison[];
  /** Features that moved or are faulty and are not in `features`, because something mutes them. */
  readonly muted?: readonly MutedFeature[];
  readonly performance: Performance | null;
  /** How the window's predictions were made. */
  readonly operational?: Operational | null;
  readonly decisionReason: string;
  /** Of a correction. */
  readonly correction?: {
    /** The verdict people were told. */
    readonly told: VerdictKind;
    /** `withdrawn` with this correction; `open`, because other windows stand; `over` since before. */
    readonly incident: 'withdrawn' | 'open' | 'over';
  };
  /** Null when no reminder will follow. */
  readonly nextReminderAtMs: number | null;
  readonly retrain: { readonly state: string; readonly reason: string } | null;
}

export interface NotifyMessage {
  readonly kind: 'notify';
  readonly channel: string;
  readonly notification: Notification;
}

export type RetrainTrigger = 'schedule' | 'performance' | 'drift';

export interface RetrainRequest {
  readonly runId: string;
  readonly model: string;
  readonly modelVersion: string;
  readonly trigger: RetrainTrigger;
  readonly reason: string;
  readonly requestedAtMs: number;
  readonly window: { readonly id: string; readonly startMs: number; readonly endMs: number } | null;
  readonly verdict: string | null;
  readonly advice: Advice | null;
  readonly summary: string;
  readonly evidence: readonly Evidence[];
  readonly performance: Performance | null;
}

export interface RetrainMessage {
  readonly kind: 'retrain';
  readonly webhook: string;
  readonly request: RetrainRequest;
}

/** What a request to retrain says, by the names that go over the wire and that a template may use. */
export const RETRAIN_VARIABLES = [
  'run_id',
  'model',
  'model_version',
  'trigger',
  'reason',
  'requested_at',
  'window',
  'verdict',
  'advice',
  'summary',
  'evidence',
  'performance',
  'status_url',
] as const;
