import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { userInfo } from 'node:os';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import * as alert from '../../../src/cli/alert/alert.ts';
import * as audit from '../../../src/cli/audit/audit.ts';
import * as endpoint from '../../../src/cli/channel/endpoint.ts';
import * as recipients from '../../../src/cli/channel/recipients.ts';
import * as deadLetters from '../../../src/cli/dead-letters/dead-letters.ts';
import * as deliveries from '../../../src/cli/deliveries/deliveries.ts';
import * as forget from '../../../src/cli/forget/forget.ts';
import * as retention from '../../../src/cli/retention/retention.ts';
import * as retrain from '../../../src/cli/retrain/retrain.ts';
import * as silence from '../../../src/cli/silence/silence.ts';
import * as token from '../../../src/cli/token/token.ts';
import type { Config } from '../../../src/config/resolve.ts';
import { DAY_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import { retire } from '../../../src/pipeline/history/retire.ts';
import { appendAudit } from '../../../src/store/audit.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { beginSession } from '../../../src/store/sessions.ts';
import { RUN_ID, seed } from '../../api/seed.ts';
import { configOf, NOW_MS, run } from '../../cli/operations.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { audited, loginApi, tokenOf } from './signed-in.ts';

const NO_DELIVERY = '0195815e-0000-7000-8000-000000000000';
const ME = `cli:${userInfo().username}`;

describeWith(['postgres'], 'the audit trail', () => {
  let pool: Pool;
  let parsed: Config;
  const config = async (): Promise<Config> => parsed;

  beforeAll(async () => {
    const { url } = await createDatabase('audit');
    pool = createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    await seed(pool);
    parsed = await configOf(`database: "${url}"`);
  });
  beforeEach(() => pool.query('truncate audit_entry'));

  const entry = (action: string, atMs: number, more: object = {}) =>
    appendAudit(
      pool,
      { actor: 'sw_a', actorName: 'ann', action, target: null, refusedBecause: null, address: null, ...more },
      atMs,
    );

  it('notes each command that changes something, as the user of this machine, without what is to be forgotten', async () => {
    const { out: made } = await run(token.register, ['token', 'create', '--name', 't', '--scopes', 'read'], {
      config,
    });
    const prefix = made.slice(0, 15);
    const until = new Date(NOW_MS + DAY_MS).toISOString();
    const add = ['silence', 'add', 'model=credit-risk', '--until', until, '--comment', 'my reason'];
    const { out: silenceId } = await run(silence.register, add, { config });
    const [firing] = (await pool.query<{ id: string }>(`select id::text from alert where state = 'firing'`))
      .rows;
    const steps: [Parameters<typeof run>[0], string[]][] = [
      [token.register, ['token', 'revoke', prefix]],
      [silence.register, ['silence', 'expire', silenceId.trim()]],
      [alert.register, ['alert', 'ack', firing!.id, '--comment', 'my reason']],
      [alert.register, ['alert', 'ack', firing!.id, '--undo']],
      [alert.register, ['alert', 'snooze', firing!.id, '--for', '2h']],
      [alert.register, ['alert', 'snooze', firing!.id, '--undo']],
      [alert.register, ['alert', 'ack', '999']],
      [deadLetters.register, ['dead-letters', 'replay', '--model', 'credit-risk']],
      [deliveries.register, ['deliveries', 'replay', NO_DELIVERY]],
      [deliveries.register, ['deliveries', 'replay', '--dead']],
      [retrain.register, ['retrain', 'approve', RUN_ID, '--by', 'my name']],
      [retrain.register, ['retrain', 'reject', RUN_ID, '--by', 'my name']],
      [forget.register, ['forget', '--prediction', 'my-id', '--model', 'credit-risk']],
      [forget.register, ['forget', '--feature', 'my-feature', '--model', 'credit-risk']],
      [forget.register, ['forget', '--feature', 'my-feature', '--model', 'credit-risk', '--undo']],
      [retention.register, ['retention', 'run', '--as-of', '2026-03-10']],
    ];
    for (const [register, args] of steps) await run(register, args, { config }).catch(() => null);
    const rows = (await audited(pool)).toReversed();
    expect(rows.map(({ action, target, reason }) => [action, target, reason])).toEqual([
      ['token.create', prefix, null],
      ['silence.create', silenceId.trim(), null],
      ['token.revoke', prefix, null],
      ['silence.expire', silenceId.trim(), null],
      ['alert.acknowledge', firing!.id, null],
      ['alert.unacknowledge', firing!.id, null],
      ['alert.snooze', firing!.id, null],
      ['alert.unsnooze', firing!.id, null],
      ['alert.acknowledge', '999', 'unknown_alert'],
      ['dead_letter.replay', 'credit-risk', null],
      ['delivery.replay', NO_DELIVERY, 'unknown'],
      ['delivery.replay', null, null],
      ['retrain.approve', RUN_ID, 'not_awaiting'],
      ['retrain.reject', RUN_ID, 'not_awaiting'],
      ['forget.prediction', 'credit-risk', null],
      ['forget.feature', 'credit-risk', null],
      ['forget.undo', 'credit-risk', null],
      ['retention.run', null, null],
    ]);
    expect(new Set(rows.map(({ actor, address }) => `${actor} ${address}`))).toEqual(new Set([`${ME} null`]));
    expect(JSON.stringify(rows)).not.toMatch(/my[- ](?:reason|name|id|feature)/);
    expect(rows[0]!.at).toBe(new Date(NOW_MS).toISOString());
  });

  it('notes nothing of what only looks, or would change nothing', async () => {
    for (const [register, args] of [
      [deadLetters.register, ['dead-letters', 'replay', '--dry-run']],
      [deliveries.register, ['deliveries', 'replay', '--dead', '--dry-run']],
      [forget.register, ['forget', '--prediction', 'x', '--dry-run']],
      [retention.register, ['retention', 'run', '--dry-run']],
      [token.register, ['token', 'list']],
      [token.register, ['token', 'revoke', 'sw_nobody']],
      [endpoint.register, ['endpoint', 'enable', 'nothing']],
      [recipients.register, ['recipients', 'resume', 'nobody@example.org']],
    ] as const)
      await run(register, args, { config }).catch(() => null);
    expect(await audited(pool)).toEqual([]);
  });

  it('has a name for what each command changes', () => {
    const folder = join(import.meta.dirname, '../../../src/cli');
    const texts = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(folder, name), 'utf8'));
    const things = texts.flatMap((text) =>
      text.includes('noteCommand')
        ? [...text.matchAll(/['`]([a-z_]+)\.[a-z_$]+[{'`]/g)].map(([, thing]) => thing)
        : [],
    );
    expect(new Set(things)).toEqual(
      new Set([
        'alert',
        'annotation',
        'silence',
        'dead_letter',
        'delivery',
        'endpoint',
        'recipient',
        'retrain',
        'baseline',
        'forget',
        'recompute',
        'retention',
        'token',
        'views',
      ]),
    );
  });

  it('is listed newest first, page by page, by who, what and when', async () => {
    for (let at = 0; at < 5; at += 1) await entry(at % 2 === 0 ? 'sign_in' : 'sign_out', NOW_MS + at * 1_000);
    await entry('alert.snooze', NOW_MS + 9_000, {
      actor: 'oidc:x',
      actorName: 'Zoë',
      refusedBecause: 'conflict',
      target: '7',
    });
    const login = loginApi(pool, null);
    const { text } = await tokenOf(pool, ['operate']);
    const get = async (query: string) => {
      const reply = await login.app.inject({
        url: `/api/v1/audit?${query}`,
        headers: { authorization: `Bearer ${text}` },
      });
      return reply.json<{
        items: { action: string; at: string }[];
        next_cursor: string | null;
        status?: number;
      }>();
    };
    const all: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page = await get(`limit=4${cursor === '' ? '' : `&cursor=${cursor}`}`);
      all.push(...page.items.map(({ at }) => at.slice(17, 19)));
      cursor = page.next_cursor;
    }
    expect(all).toEqual(['09', '04', '03', '02', '01', '00']);
    expect((await get('actor=sw_a&action=sign_out')).items).toHaveLength(2);
    expect((await get(`actor=${encodeURIComponent('Zoë')}`)).items).toMatchObject([
      {
        actor: 'oidc:x',
        actor_name: 'Zoë',
        action: 'alert.snooze',
        target: '7',
        outcome: 'refused',
        reason: 'conflict',
        times: 1,
        address: null,
      },
    ]);
    expect(
      (await get('from=2026-03-10T12:07:01Z&to=2026-03-10T12:07:03Z')).items.map(({ action }) => action),
    ).toEqual(['sign_in', 'sign_out']);
    expect((await get('who=x')).status).toBe(400);
    const read = (await tokenOf(pool, ['read'])).text;
    const refused = await login.app.inject({
      url: '/api/v1/audit',
      headers: { authorization: `Bearer ${read}` },
    });
    expect(refused.statusCode).toBe(403);
    await login.app.close();
  });

  it('is shown by the command', async () => {
    const show = async (...args: string[]) => await run(audit.register, ['audit', ...args], { config });
    expect((await show()).said).toBe('Nothing of that kind has been noted.\n');
    await entry('sign_in', NOW_MS - 8 * DAY_MS);
    await entry('sign_in', NOW_MS, {
      actor: 'anonymous',
      actorName: null,
      refusedBecause: 'too_many',
      address: '10.0.0.7',
    });
    await pool.query('update audit_entry set times = 44 where reason is not null');
    expect(
      (await show()).out
        .split('\n')
        .slice(0, 3)
        .map((line) => line.replaceAll(/ +/g, ' ').trimEnd()),
    ).toEqual([
      'AT (UTC) ACTOR NAME ACTION TARGET OUTCOME FROM',
      '2026-03-10 12:07:00 anonymous - sign_in - refused: too_many, 44 times 10.0.0.7',
      '2026-03-02 12:07:00 sw_a ann sign_in - done -',
    ]);
    const { out } = await show('--json', '--since', '7d');
    expect(JSON.parse(out)).toMatchObject([{ times: 44, reason: 'too_many' }]);
    expect((await show('--limit', '1')).said).toBe('There are more than these 1; --limit shows more.\n');
    expect((await show('--since', 'yesterday')).code).toBe(2);
    expect(JSON.parse((await show('--json', '--actor', 'ann')).out)).toHaveLength(1);
  });

  it('is kept for `retention.audit`; sessions that have ended go', async () => {
    await entry('sign_in', NOW_MS - 400 * DAY_MS);
    await entry('sign_in', NOW_MS - 399 * DAY_MS);
    const owner = { via: 'oidc', issuer: 'i', subject: 's', name: 'n', scopes: ['read'] } as const;
    const about = { replaced: null, address: '::1' };
    await beginSession(pool, owner, about, NOW_MS - DAY_MS);
    await beginSession(pool, owner, about, NOW_MS);
    expect(await retire(pool, { history: parsed.history, nowMs: NOW_MS, isDry: true })).toMatchObject({
      audit: 1,
    });
    expect(await retire(pool, { history: parsed.history, nowMs: NOW_MS })).toMatchObject({ audit: 1 });
    expect(await audited(pool)).toHaveLength(3);
    expect((await pool.query('select from login_session')).rowCount).toBe(1);
  });

  it('holds names of any kind', async () => {
    await entry('sign_in', NOW_MS, {
      actor: 'oidc:\u0000a\u001b[31m',
      actorName: '😀'.repeat(400),
      target: '\ud800',
    });
    const [row] = await audited(pool);
    expect(row).toMatchObject({ actor: 'oidc: a [31m', actor_name: '😀'.repeat(150), target: '\ufffd' });
  });
});
