const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);
/** Of SQLSTATE: connections, resources, shutdowns and cancelled statements; deadlocks and locks waited for in vain. */
const STATES = /^(?:08|53|57)...$|^(?:40001|40P01|55P03)$/;
/** What the driver says without a code. */
const DRIVER =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/**
 * Whether the database could not do it now, and may be able to in a moment. Whether it was stored is not known: the
 * connection may have ended behind the commit.
 */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return NETWORK.has(code) || STATES.test(code) || DRIVER.test(error.message);
}
