import type { OutboxMessage } from '../core/jobs.ts';
import { namedUuid } from '../core/ids/named-uuid.ts';

/** What names a message among all that were ever written. */
export interface NamedMessage {
  /** Of the decision; there is one message for each. */
  readonly key: string;
  /** The database it was written in, and those restored from its backups. */
  readonly installation: string;
  readonly message: OutboxMessage;
}

/**
 * Of the one delivery of a message to a target, and what receivers know it by. Decided again after a backup was restored, a message has the
 * id that it had; another one that has got its numbers has not, since it says another model or beginning.
 */
export function deliveryId({ key, installation, message }: NamedMessage, target: string): string {
  const news = message.kind === 'notify' ? message.notification : null;
  return namedUuid([installation, key, news?.model, news?.modelVersion, news?.sinceMs, target]);
}
