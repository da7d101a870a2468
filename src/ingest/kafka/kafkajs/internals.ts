import { createRequire } from 'node:module';
import { UserError } from '../../../core/errors.ts';

const require = createRequire(import.meta.url);

/** The one version whose inside is known here. Nothing newer is expected; `package.json` pins it. */
export const KNOWN_KAFKAJS = '2.2.4';

/** How a kind of request is looked up by kafkajs, at every request. */
export interface RequestTable {
  versions: readonly string[];
  protocol: (of: { readonly version: number }) => RequestMaker;
}

export type RequestMaker = (parameters: object) => {
  readonly response: { readonly decode: (answer: Buffer) => Promise<unknown> };
};

/** The parts of a connection's queue of requests that its timer works on. */
export interface RequestQueue {
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  pending: readonly unknown[];
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

/** The parts of a connection that hold what has come and is not whole yet. */
export interface ReceivingConnection {
  bytesBuffered: number;
  chunks: readonly Buffer[];
  processData(data: Buffer): void;
}

export interface KafkajsInternals {
  readonly fetch: RequestTable;
  readonly connection: ReceivingConnection;
  readonly requestQueue: RequestQueue;
}

/**
 * The insides of kafkajs that are replaced, for the whole process.
 *
 * @throws UserError when they are not where they are known to be: going on would mean to read logs wrongly
 */
export function kafkajsInternals(load: (path: string) => unknown = require): KafkajsInternals {
  const { version } = found(load, 'kafkajs/package.json') as { version?: unknown };
  if (version !== KNOWN_KAFKAJS) {
    throw unfit(`kafkajs ${String(version)} is installed, but only ${KNOWN_KAFKAJS} is known here`);
  }
  const { requests } = found(load, 'kafkajs/src/protocol/requests') as {
    requests?: { Fetch?: Partial<RequestTable> };
  };
  const queue = found(load, 'kafkajs/src/network/requestQueue') as { prototype?: Partial<RequestQueue> };
  const connection = found(load, 'kafkajs/src/network/connection') as {
    prototype?: Partial<ReceivingConnection>;
  };
  const fetch = requests?.Fetch;
  if (typeof fetch?.protocol !== 'function' || !Array.isArray(fetch.versions)) {
    throw unfit('kafkajs looks its requests up elsewhere');
  }
  if (typeof queue.prototype?.scheduleCheckPendingRequests !== 'function') {
    throw unfit('kafkajs queues its requests elsewhere');
  }
  if (typeof connection.prototype?.processData !== 'function') {
    throw unfit('kafkajs receives answers elsewhere');
  }
  return {
    fetch: fetch as RequestTable,
    connection: connection.prototype as ReceivingConnection,
    requestQueue: queue.prototype as RequestQueue,
  };
}

function found(load: (path: string) => unknown, path: string): object {
  try {
    const loaded = load(path);
    // A class is a function.
    if (loaded !== null && (typeof loaded === 'object' || typeof loaded === 'function')) return loaded;
  } catch (error) {
    throw unfit(`${path} cannot be loaded`, error);
  }
  throw unfit(`${path} is not what it was`);
}

function unfit(message: string, cause?: unknown): UserError {
  return new UserError(message, {
    fix: `Install the dependencies that shiftwatch names: kafkajs ${KNOWN_KAFKAJS}, in its own files (\`npm ci\`), not bundled.`,
    cause,
  });
}
