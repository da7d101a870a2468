import type { MutedFeature } from './alerts/alert-hold.ts';
import type { AlertCause, AlertKind, IncidentKind, SilentStretch } from './alerts/alert.ts';
import type { Consequence, Urgency } from './alerts/consequence.ts';
import type { Digest } from './alerts/digest.ts';
import type { Operational } from './operational.ts';
import type { EvaluationSeries } from './evaluation-series.ts';
import type { Advice, Diagnosis, Evidence, FeatureComparison, Performance, VerdictKind } from './findings.ts';
import type { RetrainOutcomeKind } from './retrain/retrain.ts';
import type { TrainingRange } from './retrain/training-range.ts';

/**
 * Rows of the outbox. They are written in the transaction that decided them; the relay turns them into
 * queue jobs. Jobs carry the outbox id only; the payload stays in Postgres.
 */
export type OutboxMessage = EvaluateMessage | NotifyMessage | RetrainMessage | RetrainPollMessage;
export type OutboxKind = OutboxMessage['kind'];

export interface EvaluateMessage {
  readonly kind: 'evaluate';
  readonly windowId: string;
  readonly series: EvaluationSeries;
}

export interface FigurePoint {
  readonly startMs: number;
  readonly value: number | null;
  /** Set where there is no figure because nothing came. */
  readonly isSilent?: true;
}

/** The figure that leads an incident, over the windows up to the one that is told, oldest first. */
export interface FigureTimeline {
  /** Of the metric or the feature. */
  readonly name: string;
  readonly measure: 'metric' | 'psi' | 'missing';
  /** What it was in the training data; null where that says nothing. */
  readonly reference: number | null;
  /** From where on it counts as moved, or asks for a retraining. */
  readonly limit: number | null;
  readonly points: readonly FigurePoint[];
}

/** Why a notification comes by a channel it was not meant for. */
export interface InsteadOf {
  readonly channel: string;
  readonly reason: 'undeliverable' | 'server_down' | 'all_unsubscribed';
  readonly detail: string;
}

/**
 * Everything a channel needs to tell a person, in one shape for each thing that can be told of; self-contained, so that a
 * late retry says what was true then. `about` names the conversation to receivers too.
 */
export type Notification = IncidentNews | RunNews | SystemNews | DigestNews;
export type NotificationKind = Notification['kind'];

/** Of a model, and told to its channels. */
export type ModelNews = IncidentNews | RunNews;

interface Told {
  readonly incidentId: string;
  /** Of a log: its name and partition; of a channel: the word, and its name. */
  readonly model: string;
  readonly modelVersion: string;
  /** Start of the first window of an incident; of all else, when it came up. */
  readonly sinceMs: number;
  /** Absent: the channel it was meant for. */
  readonly insteadOf?: InsteadOf;
  /** How soon people hear of it, and why. Absent where nothing had to be decided. */
  readonly routed?: Routed;
}

export interface IncidentNews extends Told {
  readonly about: 'incident';
  readonly kind: IncidentKind;
  readonly cause: AlertCause;
  /** Features of a shift, metrics of operation, that belong to the incident; the gravest first. */
  readonly subjects?: readonly string[];
  readonly segment: string;
  readonly series: EvaluationSeries;
  readonly windowId: string;
  readonly windowStartMs: number;
  readonly windowEndMs: number;
  /** What people were told first; names the incident in every later message. Absent: the present verdict. */
  readonly firedVerdict?: VerdictKind | null;
  readonly windowsInARow: number;
  /** Of what is over: when the first of the clean windows began. Absent: nobody noted it. */
  readonly overByMs?: number;
  /** Of an incident that goes on: kinds that people were told of and that are over, by `overByMs`, and since when they were there. */
  readonly overTypes?: readonly AlertKind[];
  readonly overSinceMs?: number;
  /** Of a shift that is over, and of reminders: the kinds that people were told of. Absent: the one it fired with. */
  readonly toldTypes?: readonly AlertKind[];
  /** The windows of the incident, up to this one, that the verdict is on. Absent: on this one alone. */
  readonly judged?: {
    readonly sinceMs: number;
    readonly windows: number;
    readonly rows: number;
    /** Something began with them that the windows of the incident before them do not show. */
    readonly isNewest?: true;
  };
  /** Kinds that the incident did not begin with, and when they did. Absent: it began with all of them. */
  readonly later?: { readonly types: readonly AlertKind[]; readonly sinceMs: number };
  /** Of a reminder: windows that were judged after the one at hand and are no part of the incident, and the end of the last. */
  readonly after?: { readonly windows: number; readonly untilMs: number };
  /** Stretches since the incident began in which no predictions came, though some were expected. Absent: there was none. */
  readonly silent?: readonly SilentStretch[];
  readonly rows: number;
  readonly diagnosis: Diagnosis;
  readonly features: readonly FeatureComparison[];
  /** Features that moved or are faulty and are not in `features`, because something mutes them. */
  readonly muted?: readonly MutedFeature[];
  readonly performance: Performance | null;
  /** How the window's predictions were made. */
  readonly operational?: Operational | null;
  /** Absent: no figure leads. */
  readonly timeline?: FigureTimeline | null;
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
  /** Of what is over because somebody said so. */
  readonly byHand?: ClosedByHand;
  /** Of an incident that begins: the one that somebody had closed, and that it shows again. Absent or null: none. */
  readonly follows?: { readonly id: string; readonly by: string; readonly atMs: number } | null;
}

export interface ClosedByHand {
  readonly by: string;
  readonly comment: string;
  /** Later windows that show the same are explained by it. */
  readonly isExpected: boolean;
  /** No person closed it: this version has taken the place of the incident's, and `comment` is its outcome. */
  readonly replacedBy?: string;
}

export type RunKind =
  | 'retrain_failed'
  /** Nothing was heard of a run for too long. */
  | 'retrain_silent'
  /** A run that people were told about as failed or silent has reported, or a later one has succeeded. */
  | 'retrain_recovered'
  /** Whether a run has fixed what it was asked for. */
  | 'retrain_outcome'
  /** A run waits for somebody to approve it. */
  | 'retrain_awaiting_approval'
  /** Nobody did, in time. */
  | 'retrain_expired'
  /** What would have been asked, had `retrain.dry_run` not been set. */
  | 'retrain_dry_run';

/** About a run of retraining, with what it was asked for. */
export interface RunNews extends Told {
  readonly about: 'retrain';
  readonly kind: RunKind;
  readonly decisionReason: string;
  readonly runId: string;
  /** Until when it may be approved; null: it needs no approval. */
  readonly expiresAtMs: number | null;
  /** What it would train on. */
  readonly training: { readonly rows: number; readonly labels: number | null } | null;
  /** Of the evaluation that asked. */
  readonly series: EvaluationSeries;
  /** Null when no window is behind it: a scheduled retraining. */
  readonly window: RetrainRequest['window'];
  readonly verdict: VerdictKind;
  readonly advice: Advice;
  readonly summary: string;
  readonly evidence: readonly Evidence[];
  readonly performance: Performance | null;
  readonly retrain: { readonly state: string; readonly reason: string };
  /** What became of it. */
  readonly run?: {
    readonly id: string;
    /** One plain sentence: what happened. */
    readonly says: string;
    /** What to do about it; null when nothing is to be done. */
    readonly next: string | null;
    readonly newVersion: string | null;
    readonly outcome: RetrainOutcomeKind | null;
  };
}

/** Of no model: one sentence, and a moment. */
export interface SystemNews extends Told {
  /** A log lost records or was made anew; a channel said that it is gone; somebody tries a channel out. */
  readonly about: 'log' | 'endpoint' | 'test';
  readonly kind: 'log_incident' | 'endpoint_disabled' | 'test';
  readonly decisionReason: string;
  readonly summary: string;
}

/** What could wait, of many incidents at once; `model` is the channel. */
export interface DigestNews extends Told {
  readonly about: 'digest';
  readonly kind: 'digest';
  readonly digest: Digest;
}

export interface Routed {
  readonly urgency: Urgency;
  readonly reason: string;
  /** The gravest that the window at hand has. */
  readonly consequence: Consequence | null;
  /** What the first page about the incident was for; it never changes. */
  readonly pagedFor: Consequence | null;
  readonly atMs: number;
}

export interface NotifyMessage {
  readonly kind: 'notify';
  readonly channel: string;
  readonly notification: Notification;
}

export const DELIVERY_KINDS = ['email', 'webhook'] as const;
export type DeliveryKind = (typeof DELIVERY_KINDS)[number];
export const DELIVERY_STATES = ['queued', 'sending', 'sent', 'failed', 'dead'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** One message to one target. The row, not the queue, is what makes sending idempotent. */
export interface Delivery {
  readonly id: string;
  readonly outboxId: string;
  readonly kind: DeliveryKind;
  readonly target: string;
  readonly state: DeliveryState;
  /** Message-ID or webhook-id, the same on every attempt. */
  readonly messageId: string;
  /** Attempts begun, the one under way included. */
  readonly attempts: number;
  /** Those of them that were made before it was last asked for again: they do not count towards giving up. */
  readonly attemptsBefore: number;
  /** `<outcome>: <detail>` of the last failure. */
  readonly lastError: string | null;
  /** When it was first to be sent. */
  readonly madeAtMs: number;
}

export type NewDelivery = Pick<Delivery, 'id' | 'outboxId' | 'kind' | 'target' | 'messageId'>;

export type SendOutcome =
  | 'sent'
  | 'gone'
  | 'rejected'
  /** 2xx, and in the body that it was not done. */
  | 'refused'
  | 'deferred'
  | 'http_status'
  | 'redirect'
  | 'timeout'
  | 'connection_failed'
  | 'login_failed'
  | 'tls_refused'
  | 'address_refused'
  | 'invalid_secret'
  | 'aborted'
  | 'unexpected';

export interface AttemptRecord {
  readonly deliveryId: string;
  readonly attempt: number;
  readonly atMs: number;
  readonly durationMs: number;
  readonly outcome: SendOutcome;
  /** HTTP status or SMTP reply code. */
  readonly status: number | null;
  readonly detail: string | null;
  readonly state: Extract<DeliveryState, 'sent' | 'failed' | 'dead'>;
}

export const RETRAIN_TRIGGERS = ['schedule', 'performance', 'drift', 'manual'] as const;
export type RetrainTrigger = (typeof RETRAIN_TRIGGERS)[number];

/** The windows that an incident has shown itself in. */
export interface RequestIncident {
  readonly id: string;
  readonly sinceMs: number;
  /** All of them; `windows` are the newest of those. */
  readonly windowCount: number;
  readonly windows: readonly {
    readonly id: string;
    readonly startMs: number;
    readonly endMs: number;
    readonly verdict: VerdictKind;
  }[];
}

export interface RetrainRequest {
  /** Somebody tries a webhook out. */
  readonly test?: true;
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
  /** Null or absent: no incident is behind it. */
  readonly incident?: RequestIncident | null;
  /** Null or absent: nothing is known of production data that could be trained on. */
  readonly training?: TrainingRange | null;
  /** Whether that data can be fetched from here: predictions are stored. */
  readonly dataStored?: boolean;
  /** Who asked by hand, and why. */
  readonly requestedBy?: string | null;
  readonly comment?: string | null;
}

export interface RetrainMessage {
  readonly kind: 'retrain';
  readonly webhook: string;
  readonly request: RetrainRequest;
}

/** Asks a training pipeline how a run is, again and again until the run is closed. */
export interface RetrainPollMessage {
  readonly kind: 'retrain_poll';
  readonly webhook: string;
  readonly runId: string;
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
  'requested_by',
  'comment',
  'incident',
  'training_range',
  'labelled_data',
  'run_url',
  'status_url',
] as const;
