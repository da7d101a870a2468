import type { Log } from '../../core/log.ts';

export interface DatabaseOptions {
  /** Null: the embedded server. */
  readonly url: string | null;
  /** Where the embedded server keeps its data. Not touched when a URL is given. */
  readonly directory: string;
  readonly log: Log;
}

export interface OpenDatabase {
  readonly url: string;
  /** Leaves a configured server alone; stops the embedded one unless another process still uses it. */
  close(): Promise<void>;
}

/** The configured database or, without one, the embedded server: started, or shared when it already runs. */
export async function openDatabase({ url, directory, log }: DatabaseOptions): Promise<OpenDatabase> {
  if (url !== null) return { url, close: async () => {} };
  // Loaded when needed: it looks for binaries and is of no use to those who bring a server.
  const { startEmbeddedPostgres } = await import('../embedded/start.ts');
  const server = await startEmbeddedPostgres({ directory, log });
  return { url: server.url, close: () => server.stop() };
}
