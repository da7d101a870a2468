import { OutdatedWriter } from './outdated-writer.ts';

const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);
/**
 * Of SQLSTATE: connections, logins, resources, shutdowns and cancelled statements, disks that fail; deadlocks and locks
 * waited for in vain, a server that only reads, a database that is closed or moved away.
 */
const STATES = /^(?:08|28|53|57|58)...$|^(?:25006|3D000|40001|40P01|55000|55P03)$/;
/** What the driver says without a code. */
const DRIVER =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout)/;

/** The server answered nothing, not even a refusal; the query may still be under way there. */
export function isSilence(error: unknown): error is Error {
  return error instanceof Error && error.message === 'Query read timeout';
}

/**
 * Whether the database could not do it now, and may be able to in a moment. Whether it was stored is not known: the
 * connection may have ended behind the commit.
 */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // This process will end, and another one can store it.
  if (error instanceof OutdatedWriter) return true;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // The server let nobody in, or ended the connection, for whatever reason. Servers say it in their own language, too.
  if ('severity' in error && error.severity === 'FATAL') return true;
  return NETWORK.has(code) || STATES.test(code) || DRIVER.test(error.message);
}
