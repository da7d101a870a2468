import type { NotifyMessage } from '../jobs.ts';

/** A run whose request could not be delivered, and who is to hear of it. */
export interface AbandonedRun {
  readonly runId: string;
  readonly outboxId: string;
  /** `dead`: the endpoint said that it is gone for good. */
  readonly state: 'failed' | 'dead';
  readonly detail: string;
  readonly notices: readonly { readonly key: string; readonly message: NotifyMessage }[];
  readonly nowMs: number;
}
