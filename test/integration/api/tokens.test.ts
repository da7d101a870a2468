import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { createPool } from '../../../src/store/connection/pool.ts';
import { createToken, listTokens, revokeToken, verifyToken } from '../../../src/store/tokens.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';

const NOW_MS = Date.parse('2026-03-10T12:00:00Z');

describeWith(['postgres'], 'tokens', () => {
  let pool: Pool;

  beforeAll(async () => {
    const { url } = await createDatabase('tokens');
    pool = createPool({ connectionString: url, max: 2, applicationName: 'test', log: silentLog });
  });
  afterAll(() => pool.end());

  it('are known by their text, of which only a hash is kept', async () => {
    const { text, row } = await createToken(pool, { name: 'dash', scopes: ['read'], expiresAtMs: null });
    expect(text).toMatch(/^sw_[a-z0-9]{12}_[A-Za-z0-9_-]{43}$/);
    expect(text.startsWith(`${row.prefix}_`)).toBe(true);
    expect(await verifyToken(pool, text, NOW_MS)).toEqual({
      ok: true,
      value: { prefix: row.prefix, name: 'dash', scopes: ['read'], expiresAtMs: null },
    });
    const stored = await pool.query('select t::text as whole from api_token t where prefix = $1', [
      row.prefix,
    ]);
    expect(JSON.stringify(stored.rows)).not.toContain(text.slice(row.prefix.length + 1));
  });

  it('are refused when one character differs, after they expire, and once revoked', async () => {
    const token = await createToken(pool, { name: 't', scopes: ['ingest'], expiresAtMs: NOW_MS + 1_000 });
    const last = token.text.at(-1) === 'A' ? 'B' : 'A';
    const verify = async (text: string, nowMs = NOW_MS): Promise<unknown> => {
      const verified = await verifyToken(pool, text, nowMs);
      return verified.ok ? 'ok' : verified.error;
    };
    expect(await verify(token.text)).toBe('ok');
    expect(await verify(token.text.slice(0, -1) + last)).toBe('unknown');
    expect(await verify(token.text.replace(token.row.prefix, 'sw_aaaaaaaaaaaa'))).toBe('unknown');
    expect(await verify(token.row.prefix)).toBe('malformed');
    expect(await verify(`${token.text} `)).toBe('malformed');
    expect(await verify(token.text, NOW_MS + 999)).toBe('ok');
    expect(await verify(token.text, NOW_MS + 1_000)).toBe('expired');
    expect(await revokeToken(pool, token.row.prefix)).toMatchObject({ name: 't' });
    expect(await revokeToken(pool, token.row.prefix)).toBeNull();
    expect(await verify(token.text)).toBe('revoked');
  });

  it('remember when they were last used, to the minute', async () => {
    const { text, row } = await createToken(pool, { name: 'used', scopes: ['read'], expiresAtMs: null });
    const lastUsed = async (): Promise<unknown> =>
      (await listTokens(pool)).find(({ prefix }) => prefix === row.prefix)?.last_used_at;
    expect(await lastUsed()).toBeNull();
    await verifyToken(pool, text, NOW_MS);
    await verifyToken(pool, text, NOW_MS + 59_000);
    expect(await lastUsed()).toBe('2026-03-10T12:00:00.000Z');
    await verifyToken(pool, text, NOW_MS + 60_000);
    expect(await lastUsed()).toBe('2026-03-10T12:01:00.000Z');
  });
});
