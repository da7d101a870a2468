/** An API on a real database, and a browser's cookies. */
import type { Server } from 'node:http';
import type { App } from '../../../src/api/app.ts';
import type { ApiDeps } from '../../../src/api/api-deps.ts';
import { alertDesks } from '../../../src/pipeline/messages/alert-desks.ts';
import { addToAudit, appendAudit, listAudit } from '../../../src/store/audit.ts';
import type { Pool } from '../../../src/store/connection/pool.ts';
import { createReadModels } from '../../../src/store/read-models.ts';
import { beginSession, endSession, findSession } from '../../../src/store/sessions.ts';
import { type TokenScope, createToken, verifyToken } from '../../../src/store/tokens.ts';
import type { AuditRow } from '../../../src/store/rows/audit.ts';
import { testApi } from '../../api/fakes.ts';

export interface Login {
  readonly app: App;
  readonly logged: { fields: object; message: string }[];
  nowMs: number;
}

export function loginApi(pool: Pool, issuer: string | null, overrides: Partial<ApiDeps> = {}): Login {
  const clock = { nowMs: () => login.nowMs };
  const api = testApi({
    readModels: createReadModels(pool),
    ...alertDesks(pool, { model: () => null } as never),
    verifyToken: async (text, nowMs) => await verifyToken(pool, text, nowMs),
    sessions: {
      begin: async (owner, about, nowMs) => await beginSession(pool, owner, about, nowMs),
      find: async (secret, nowMs) => await findSession(pool, secret, issuer, nowMs),
      end: async (...rest) => await endSession(pool, ...rest),
    },
    audit: {
      append: async (...rest) => await appendAudit(pool, ...rest),
      add: async (...rest) => await addToAudit(pool, ...rest),
    },
    clock,
    ...overrides,
  });
  const login: Login = { app: api.app, logged: api.logged, nowMs: Date.parse('2026-03-10T12:00:00Z') };
  return login;
}

export async function tokenOf(
  pool: Pool,
  scopes: readonly TokenScope[],
  expiresAtMs: number | null = null,
): Promise<{ text: string; prefix: string }> {
  const { text, row } = await createToken(pool, { name: `${scopes.join(' ')} token`, scopes, expiresAtMs });
  return { text, prefix: row.prefix };
}

export async function audited(pool: Pool, action?: string): Promise<AuditRow[]> {
  return (await listAudit(pool, { action }, { limit: 500, after: null })).items;
}

/** `name=value` of each cookie that an answer sets. */
export function cookiesOf(headers: { readonly 'set-cookie'?: string | string[] | undefined }): string {
  return [headers['set-cookie'] ?? []]
    .flat()
    .map((cookie) => cookie.split(';')[0] ?? '')
    .filter((pair) => !pair.endsWith('='))
    .join('; ');
}

export async function listenAnywhere(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}
