import { describe, expect, it } from 'vitest';
import { boundedRefusals } from '../../../src/api/session/refusals.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { AuditEntry } from '../../../src/store/audit.ts';

const ENTRY: AuditEntry = {
  actor: 'anonymous',
  actorName: null,
  action: 'sign_in',
  target: 'x',
  refusedBecause: 'unknown',
  address: '10.0.0.7',
};

function trail() {
  const rows: { reason: string | null; times: number; address: string | null }[] = [];
  let statements = 0;
  const audit = {
    append: async ({ refusedBecause, address }: AuditEntry, _nowMs: number, times = 1) => {
      statements += 1;
      return String(rows.push({ reason: refusedBecause, times, address }) - 1);
    },
    add: async (id: string, times: number) => {
      statements += 1;
      rows[Number(id)]!.times += times;
    },
  };
  return { rows, statements: () => statements, refusals: boundedRefusals({ audit, log: silentLog }) };
}

describe('refusals', () => {
  it('are stored one by one up to twenty a minute, then counted in one row', async () => {
    const { rows, refusals } = trail();
    const waits: (number | null)[] = [];
    for (let at = 0; at < 25; at += 1) waits.push(await refusals.note('10.0.0.7', ENTRY, at * 1_000));
    expect(waits.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => null));
    expect(waits.slice(20)).toEqual([40_000, 39_000, 38_000, 37_000, 36_000]);
    expect(rows).toHaveLength(21);
    expect(rows[20]).toMatchObject({ reason: 'too_many', times: 5 });
    // The next minute, and another address meanwhile.
    expect(await refusals.note('10.0.0.8', ENTRY, 30_000)).toBeNull();
    expect(await refusals.note('10.0.0.7', ENTRY, 60_000)).toBeNull();
    expect(rows.at(-1)).toMatchObject({ reason: 'unknown', times: 1 });
  });

  it('that come all at once are counted by few statements, and none is lost', async () => {
    const { rows, statements, refusals } = trail();
    await Promise.all(Array.from({ length: 5_000 }, async () => await refusals.note('::1', ENTRY, 0)));
    expect(rows).toHaveLength(21);
    expect(rows.reduce((sum, { times }) => sum + times, 0)).toBe(5_000);
    expect(statements()).toBeLessThan(25);
  });

  it('of many addresses take bounded memory and rows', async () => {
    const { rows, refusals } = trail();
    for (let at = 0; at < 20_000; at += 1)
      await refusals.note(`10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`, ENTRY, 0);
    expect(rows.length).toBeLessThanOrEqual(1_000 + 21);
    expect(rows.reduce((sum, { times }) => sum + times, 0)).toBe(20_000);
    // They are told apart again once a minute has gone.
    expect(await refusals.note('10.9.9.9', ENTRY, 60_000)).toBeNull();
  });

  it('of one IPv6 network are of one neighbour; an IPv4 address in IPv6 is itself', async () => {
    const { refusals } = trail();
    const many = async (keys: (at: number) => string): Promise<number> => {
      const waits = [];
      for (let at = 0; at < 30; at += 1) waits.push(await refusals.note(keys(at), ENTRY, 0));
      return waits.filter((wait) => wait !== null).length;
    };
    expect(await many((at) => `2001:db8:1:2::${at.toString(16)}`)).toBe(10);
    expect(await many((at) => `2001:db8:1:2:${at.toString(16)}::1`)).toBe(30);
    expect(await many((at) => `2001:db8::${at.toString(16)}:1:2:3:4`)).toBe(0);
    expect(await many((at) => `::ffff:10.0.0.${at}`)).toBe(0);
    expect(await many(() => 'oidc:a:b')).toBe(10);
  });

  it('that cannot be written change no answer', async () => {
    const told: string[] = [];
    const away = async (): Promise<never> => await Promise.reject(new Error('the database is away'));
    const log = { ...silentLog, error: (_fields: object, message: string) => void told.push(message) };
    const refusals = boundedRefusals({ audit: { append: away, add: away }, log });
    for (let at = 0; at < 20; at += 1) expect(await refusals.note('a', ENTRY, 0)).toBeNull();
    expect(await refusals.note('a', ENTRY, 0)).toBe(60_000);
    expect(told).toHaveLength(21);
  });
});
