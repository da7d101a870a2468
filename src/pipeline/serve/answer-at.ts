import type { App } from '../../api/app.ts';
import { errorMessage, UserError } from '../../core/errors.ts';

export interface Answering {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

const STOP_WITHIN_MS = 2_000;
const LOOK_FOR_IDLE_MS = 50;

/** @throws UserError where the address cannot be had; `key` is what sets it */
export async function answerAt(
  app: App,
  { host, port }: { readonly host: string; readonly port: number },
  key: string,
): Promise<Answering> {
  try {
    const url = await app.listen({ host, port });
    return { url, stop: async () => await closeGently(app) };
  } catch (cause) {
    throw new UserError(`cannot listen on ${host}:${port}: ${errorMessage(cause)}`, {
      fix: `Another program has the port, or the address is not of this machine: set \`${key}\` to a free one.`,
      cause,
    });
  }
}

/**
 * Answers what was asked, then closes. A connection that was busy when the close began would be waited for until its
 * keep-alive ends, more than a minute later: it is ended as soon as it is idle, and at the deadline in any case.
 */
async function closeGently(app: App): Promise<void> {
  const idle = setInterval(() => app.server.closeIdleConnections(), LOOK_FOR_IDLE_MS);
  const deadline = setTimeout(() => app.server.closeAllConnections(), STOP_WITHIN_MS);
  try {
    await app.close();
  } finally {
    clearInterval(idle);
    clearTimeout(deadline);
  }
}
