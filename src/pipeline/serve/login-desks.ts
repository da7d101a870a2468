import type { ApiDeps } from '../../api/api-deps.ts';
import { createOidc } from '../../api/session/oidc.ts';
import { addToAudit, appendAudit } from '../../store/audit.ts';
import { beginSession, endSession, findSession } from '../../store/sessions.ts';
import type { Line } from './line.ts';

/** Who may sign in, who has, and what is noted of what they do. */
export function loginDesks(
  config: Line['config'],
  pool: Line['pool'],
  log: Line['log'],
): Pick<ApiDeps, 'sessions' | 'oidc' | 'audit' | 'publicUrl'> {
  const { oidc } = config.auth;
  return {
    sessions: {
      begin: async (owner, about, nowMs) => await beginSession(pool, owner, about, nowMs),
      find: async (secret, nowMs) => await findSession(pool, secret, oidc?.issuer ?? null, nowMs),
      end: async (secret, grant, address, nowMs) => await endSession(pool, secret, grant, address, nowMs),
    },
    oidc: oidc === null ? null : createOidc(oidc, log),
    audit: {
      append: async (entry, nowMs, times) => await appendAudit(pool, entry, nowMs, times),
      add: async (id, times) => await addToAudit(pool, id, times),
    },
    publicUrl: config.publicUrl,
  };
}
