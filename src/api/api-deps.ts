import type { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import type { DeadLetterReason } from '../core/events/dead-letter.ts';
import type { LiveEvent } from '../core/events/live-event.ts';
import type { SourceHealth } from '../core/events/log-source.ts';
import type { Log } from '../core/log.ts';
import type { Result } from '../core/result.ts';
import type { RetrainCallback } from '../core/retrain/report.ts';
import type { RetrainState } from '../core/retrain/state.ts';
import type { VersionComparison } from '../core/version-comparison.ts';
import type { Page, PageRequest } from '../store/connection/page.ts';
import type { DayFilter, DayKey } from '../store/read-models/days.ts';
import type { DayRow } from '../store/rows/days.ts';
import type { EndpointSection } from '../store/rows/words.ts';
import type { ReadModels } from '../store/read-models.ts';
import type { ReplayRefusal } from '../store/outbox/replay-deliveries.ts';
import type { AuditEntry } from '../store/audit.ts';
import type { SessionGrant, SessionOwner, SessionRequest } from '../store/sessions.ts';
import type { Held } from '../core/alerts/alert-hold.ts';
import type { EffectiveConfiguration } from '../store/rows/pipeline.ts';
import type { AlertRow, SilenceRow } from '../store/rows/alerts.ts';
import type { AnnotationRow } from '../store/rows/annotations.ts';
import type { Investigation } from '../store/rows/investigations.ts';
import type { NewSilence } from '../store/alerts/silences.ts';
import type { TokenGrant, TokenRefusal, TokenScope, VerifiedToken } from '../store/tokens.ts';
import type { AppState } from '../dashboard/app/dashboard-app.ts';
import type { baselineAccepted } from './schemas/baselines.ts';
import type { ModelMetrics } from './metrics/model-families.ts';
import type { ProcessMetrics } from './metrics/process-metrics.ts';
import type { Inspections } from './inspections.ts';
import type { eventsAccepted } from './schemas/events.ts';

/** What a request says of the events it posts. */
export interface PostedAs {
  /** `?format=`; null when it names none. */
  readonly format: string | null;
  /** Without parameters. */
  readonly contentType: string;
  /** By lower-case name, and only those that are part of a message. */
  readonly headers: ReadonlyMap<string, string>;
}

/** Events that come without a log: one POST to `events`, or a piece of a file that is replayed. */
export interface EventSubmission {
  /** Decompressed. */
  readonly body: Uint8Array;
  /** Absent: plain events, one or one a line. */
  readonly as?: PostedAs;
  readonly idempotencyKey: string | null;
  readonly receivedAtMs: number;
}

export type EventsAccepted = z.infer<typeof eventsAccepted>;

export interface EventsRefused {
  readonly reason:
    | 'busy'
    | 'idempotency_conflict'
    | 'too_many_events'
    | 'too_many_windows'
    | 'unknown_format'
    | 'unavailable';
  readonly detail: string;
  readonly retryAfterMs?: number;
}

/** Answers only after its transaction has committed. */
export type AcceptEvents = (submission: EventSubmission) => Promise<Result<EventsAccepted, EventsRefused>>;

export interface RunVerdict {
  readonly runId: string;
  readonly decision: 'approve' | 'reject';
  readonly by: string;
  readonly comment: string | null;
}

export interface RunVerdictRefused {
  /** `pipeline_fault`: a data fault has shown since it was asked for, and training on it would make it permanent. */
  readonly reason: 'unknown_run' | 'not_awaiting' | 'approval_expired' | 'pipeline_fault' | 'not_configured';
  readonly detail: string;
}

/** A person's word on a retrain run that waits for it. */
export type DecideRun = (
  verdict: RunVerdict,
  nowMs: number,
) => Promise<Result<{ readonly state: RetrainState }, RunVerdictRefused>>;

export interface VersionsAsked {
  readonly fromMs: number | null;
  readonly toMs: number | null;
  /** Null: the first seen. */
  readonly base: string | null;
}

export interface VersionsNotCompared {
  readonly reason: 'unknown_model' | 'unknown_version' | 'too_many_windows';
  readonly detail: string;
}

export type CompareVersions = (
  model: string,
  asked: VersionsAsked,
) => Promise<Result<VersionComparison, VersionsNotCompared>>;

export interface DaysAsked extends DayFilter {
  /** Absent: all features. */
  readonly feature?: string | undefined;
}

export type ListDays = (asked: DaysAsked, page: PageRequest<DayKey>) => Promise<Page<DayRow, DayKey>>;

/** Training rows of a version, as a file's bytes. */
export interface BaselineSubmission {
  readonly model: string;
  readonly version: string;
  readonly format: 'csv' | 'jsonl' | 'parquet';
  readonly body: Buffer;
}

export type AcceptBaseline = (
  submission: BaselineSubmission,
) => Promise<
  Result<
    z.infer<typeof baselineAccepted>,
    { readonly reason: 'unknown_model' | 'unreadable'; readonly detail: string }
  >
>;

/** Two files on disk, and the flags of `shiftwatch compare`. */
export interface ComparisonAsked {
  /** Where all of it lies. */
  readonly folder: string;
  readonly flags: readonly string[];
  readonly reference: string;
  readonly current: string;
  /** Where its JSON goes. */
  readonly answer: string;
}

/** Fails with why the two cannot be compared. */
export type RunComparison = (asked: ComparisonAsked, signal: AbortSignal) => Promise<Result<null, string>>;

export type { AppState };

/** A mail that the demo caught instead of sending. */
export interface CapturedMail {
  readonly id: string;
  readonly atMs: number;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly html: string | null;
  readonly text: string | null;
}

export interface LabelledRequest {
  readonly model: string;
  readonly version: string | null;
  readonly fromMs: number | null;
  readonly toMs: number | null;
  readonly segment: string | null;
  readonly labelledOnly: boolean;
  readonly format: 'jsonl' | 'csv' | 'parquet';
}

/** Looks up what is asked for; what it answers writes the rows, waiting for each piece to be taken. */
export type ExportLabelled = (
  request: LabelledRequest,
) => Promise<
  Result<
    (
      put: (bytes: string | Uint8Array) => Promise<void>,
    ) => Promise<{ readonly rows: number; readonly sha256: string }>,
    'unknown_model'
  >
>;

/** Which dead letters to read again. */
export interface LettersAsked {
  /** Null: any. */
  readonly reason: DeadLetterReason | null;
  readonly model: string | null;
  readonly limit: number;
}

export interface LettersReplayed {
  readonly accepted: number;
  readonly duplicates: number;
  readonly stillDead: readonly { readonly reason: DeadLetterReason; readonly count: number }[];
  readonly truncated: number;
  readonly withheld: number;
}

/** The links by which recipients stop their mails. */
export interface MailStops {
  /** The address that a link is about; null: the link is not ours. */
  addressOf(token: string): Promise<string | null>;
  stop(address: string, nowMs: number): Promise<void>;
}

export interface SilenceDesk {
  create(silence: NewSilence, nowMs: number): Promise<SilenceRow>;
  /** Null: there is none. */
  expire(id: string, by: string | null, nowMs: number): Promise<SilenceRow | null>;
}

/** What somebody says about an incident. */
export interface Attention {
  readonly author: string;
  readonly comment: string;
  /** Null: for as long as it is open. */
  readonly untilMs: number | null;
}

export interface NotAttended {
  /** `not_known`: what it showed, or its model, is known no more. */
  readonly reason: 'unknown_alert' | 'not_firing' | 'not_known';
  readonly detail: string;
}

export type Attended = Result<AlertRow, NotAttended>;

export interface AttentionDesk {
  acknowledge(alertId: string, attention: Attention, nowMs: number): Promise<Attended>;
  unacknowledge(alertId: string, nowMs: number): Promise<Attended>;
  snooze(
    alertId: string,
    attention: Attention & { readonly untilMs: number },
    nowMs: number,
  ): Promise<Attended>;
  unsnooze(alertId: string, nowMs: number): Promise<Attended>;
}

/** Somebody closes an incident, or says that it was expected. */
export interface Closing {
  readonly author: string;
  readonly comment: string;
  /** Up to when what shows the same is expected; null: until that is taken back. */
  readonly untilMs: number | null;
}

export interface IncidentDesk {
  resolve(alertId: string, closing: Closing, nowMs: number): Promise<Attended>;
  expect(alertId: string, closing: Closing, nowMs: number): Promise<Attended>;
  /** Null: there is none. */
  investigate(alertId: string, nowMs: number): Promise<Investigation | null>;
  removeAnnotation(id: string, by: string | null, nowMs: number): Promise<AnnotationRow | null>;
}

/** What browsers that have signed in are known by. */
export interface SessionDesk {
  /** Null: the token was revoked meanwhile. */
  begin(
    owner: SessionOwner,
    about: SessionRequest,
    nowMs: number,
  ): Promise<{ readonly secret: string; readonly grant: SessionGrant } | null>;
  find(secret: string, nowMs: number): Promise<SessionGrant | null>;
  end(secret: string, grant: TokenGrant, address: string, nowMs: number): Promise<void>;
}

/** Where changes and refusals are noted. */
export interface AuditDesk {
  /** @returns the id of the entry */
  append(entry: AuditEntry, nowMs: number, times?: number): Promise<string>;
  add(id: string, times: number): Promise<void>;
}

/** What one sign-in at a provider is held together by; only the browser that began it knows them. */
export interface OidcSecrets {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export interface OidcUser {
  readonly issuer: string;
  readonly subject: string;
  readonly name: string;
  /** Empty: none of the claim's values is named in the configuration. */
  readonly scopes: readonly TokenScope[];
}

/** `unavailable`: the provider does not answer. Else why the sign-in counts for nothing. */
export type OidcRefusal = { readonly reason: 'unavailable' | 'refused'; readonly detail: string };

/** Signing in at an OpenID provider. */
export interface OidcDesk {
  /** What people call it. */
  readonly name: string;
  /** Which claim is looked at. */
  readonly claim: string;
  /** Where the browser is sent. */
  begin(callback: URL, secrets: OidcSecrets, nowMs: number): Promise<Result<URL, OidcRefusal>>;
  /** @param callback as it was called, with all its parameters */
  finish(callback: URL, secrets: OidcSecrets, nowMs: number): Promise<Result<OidcUser, OidcRefusal>>;
}

export interface ApiDeps {
  /** Where the server will listen; without tokens, requests must name this machine in their Host header. */
  readonly listenHost: string;
  readonly version: string;
  /** Absent: nobody but the API shows them. */
  readonly metrics?: ProcessMetrics;
  /** Models that `/metrics/fleet` shows one by one; absent: none. */
  readonly modelMetrics?: ModelMetrics | null;
  readonly readModels: ReadModels;
  /** Null: no tokens are configured, and everything is open to this machine. */
  readonly verifyToken:
    | ((text: string, nowMs: number) => Promise<Result<VerifiedToken, TokenRefusal>>)
    | null;
  readonly sessions: SessionDesk;
  /** Null: none is configured. */
  readonly oidc: OidcDesk | null;
  readonly audit: AuditDesk;
  /** Where people reach it, without a slash at its end; null: by whatever address they use. */
  readonly publicUrl: string | null;
  readonly acceptEvents: AcceptEvents;
  readonly retrainCallback: RetrainCallback;
  readonly decideRun: DecideRun;
  readonly exportLabelled: ExportLabelled;
  readonly acceptBaseline: AcceptBaseline;
  readonly runComparison: RunComparison;
  readonly compareVersions: CompareVersions;
  readonly listDays: ListDays;
  readonly inspections: Inspections;
  readonly replayDelivery: (id: string, nowMs: number) => Promise<Result<'queued', ReplayRefusal>>;
  /** Answers which of a channel and a webhook of this name were disabled. */
  readonly enableEndpoint: (name: string) => Promise<readonly EndpointSection[]>;
  readonly silences: SilenceDesk;
  readonly attention: AttentionDesk;
  readonly incidents: IncidentDesk;
  /** What would hold back a reminder of each open incident, by its id. */
  readonly currentHolds: (nowMs: number) => Promise<ReadonlyMap<string, Held>>;
  /** What `/health/live` answers: not alive, the process should be restarted. */
  readonly liveness: () => Pick<SourceHealth, 'alive' | 'reason'>;
  readonly replayDeadLetters: (asked: LettersAsked) => Promise<LettersReplayed>;
  readonly mailStops: MailStops;
  /** The configuration in force, with where each value comes from. */
  readonly explainConfiguration: () => EffectiveConfiguration;
  /** What changes, as it is committed. */
  readonly live: { listen(hear: (event: LiveEvent) => void): () => void };
  readonly clock: Clock;
  readonly log: Log;
  /** How the browser application stands; absent where none is wanted: then the script-free page is all there is. */
  readonly dashboard?: () => AppState;
  /** Only in the demo: newest first. */
  readonly mailbox?: () => readonly CapturedMail[];
}
