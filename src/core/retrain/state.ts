/** How far a retrain run has come. */
export const RETRAIN_STATES = [
  'awaiting_approval',
  'requested',
  'sent',
  'running',
  'succeeded',
  'failed',
  /** The endpoint said that it is gone for good. */
  'dead',
  'rejected',
  /** Nobody approved it in time. */
  'expired',
  /** Decided, and sent to nobody. */
  'dry_run',
] as const;
export type RetrainState = (typeof RETRAIN_STATES)[number];

/** In these a run keeps every other of its model version away. */
export const OPEN_RETRAIN_STATES = [
  'awaiting_approval',
  'requested',
  'sent',
  'running',
] as const satisfies readonly RetrainState[];

/** A run as whoever asks after it needs it. */
export interface PolledRun {
  readonly state: RetrainState;
  readonly externalId: string | null;
  readonly requestedAtMs: number;
}
