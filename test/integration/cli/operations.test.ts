import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as deadLetters from '../../../src/cli/dead-letters/dead-letters.ts';
import * as doctor from '../../../src/cli/doctor/doctor.ts';
import * as migrate from '../../../src/cli/migrate/migrate.ts';
import * as retrainShow from '../../../src/cli/retrain/show.ts';
import * as status from '../../../src/cli/status/status.ts';
import * as token from '../../../src/cli/token/token.ts';
import type { Config } from '../../../src/config/resolve.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import { createPool } from '../../../src/store/connection/pool.ts';
import { verifyToken } from '../../../src/store/tokens.ts';
import { RUN_ID, seed } from '../../api/seed.ts';
import { configOf, NOW_MS, run } from '../../cli/operations.ts';
import { createDatabase, createEmptyDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { addressOf } from '../../harness/services.ts';

const MIGRATIONS = readdirSync(join(import.meta.dirname, '../../../migrations'))
  .map((file) => file.replace('.sql', ''))
  .sort();

describeWith(['postgres'], 'commands on a real database', () => {
  let pool: Pool;
  let config: () => Promise<Config>;

  beforeAll(async () => {
    const { url } = await createDatabase('cli');
    pool = createPool({ connectionString: url, max: 2, applicationName: 'test', log: silentLog });
    await seed(pool);
    const parsed = await configOf(`database: "${url}"`);
    config = async () => parsed;
  });
  afterAll(() => pool.end());

  describe('status', () => {
    it('shows the worst first, with what is known about it', async () => {
      const { out, code } = await run(status.register, ['status'], { config });
      expect(code).toBe(0);
      const lines = out.split('\n');
      expect(lines[0]).toBe('1 incident open on credit-risk.');
      expect(lines[3]).toMatch(
        /^credit-risk +3 +incident open +2026-03-10 11:00 1h +1,265 +concept drift +retrain$/,
      );
      expect(out).toContain(
        '  firing: concept drift of age and income, 2 windows in a row, since 2 h ago, next reminder in 23 h\n',
      );
      expect(out).toContain('  newest window of 1h: too few rows to judge\n');
      expect(out).toContain('  retraining running: concept drift, 1 min ago\n');
      expect(lines.at(-2)).toMatch(/^History: [\d.]+ MB kept since 2026-03-10, too young to say /v);
      expect(lines.at(-3)).toBe(
        'Pipeline: 40 records waiting in the log, 24 rows after closing, 0 late rows, 5 dead letters, 1 job to be done, read up to just now',
      );
    });

    it('ends with 3 under --check while an alert is firing, and not for a pending one', async () => {
      expect((await run(status.register, ['status', '--check'], { config })).code).toBe(3);
      await pool.query(`update alert set state = 'recovering' where state = 'firing'`);
      expect((await run(status.register, ['status', '--check'], { config })).code).toBe(0);
      await pool.query(`update alert set state = 'firing' where state = 'recovering'`);
    });

    it('prints JSON', async () => {
      const { out } = await run(status.register, ['status', '--json'], { config });
      expect(JSON.parse(out)).toMatchObject({ at: '2026-03-10T12:07:00.000Z', firing_alerts: 1 });
    });
  });

  describe('retrain show', () => {
    const show = async (...args: string[]) =>
      await run(retrainShow.register, ['retrain', 'show', ...args], { config });

    it('prints the curve, what it took, and what became of it', async () => {
      await pool.query('delete from retrain_progress');
      await pool.query(
        `insert into retrain_progress (run_id, metric, value, elapsed_s, energy_j, received_at)
         select $1, 'accuracy', 0.8 + 0.002 * n, 60 * n, 500 * n, now() from generate_series(1, 40) n`,
        [RUN_ID],
      );
      await pool.query(
        `update retrain_run set target_metric = 'accuracy', target_value = 0.86, target_lower_is_better = false,
           target_source = 'config', new_version = '9; rm -rf', outcome = 'too_early', outcome_reason = 'no_predictions_yet',
           outcome_details = '{"summary":"Too early to say.","evidence":[]}' where id = $1`,
        [RUN_ID],
      );
      await pool.query(
        `insert into retrain_incident (run_id, kind, reason, opened_at) values ($1, 'silent', 'Nothing was heard.', '2026-03-10')`,
        [RUN_ID],
      );
      const { out, code } = await show(RUN_ID);
      expect(code).toBe(0);
      expect(out).toMatch(/^credit-risk 3: running, asked for 2026-03-10 \d\d:\d\d UTC through /);
      expect(out).toMatch(/^accuracy +0\.88 +40 min +20000 J +-$/m);
      expect(out).toMatch(/^40 points, of which \d+ are shown$/m);
      expect(out).toContain('accuracy at least 0.86 (as configured):\n');
      expect(out).toMatch(/^this run +30 min +15000 J +-$/m);
      expect(out).toContain(
        `  shiftwatch baseline create --model credit-risk --version '9; rm -rf' training.csv\n`,
      );
      expect(out).toContain('too early: Too early to say.\n');
      expect(out).toContain('silent since 2026-03-10 00:00 UTC, still open. Nothing was heard.\n');
      const json = JSON.parse((await show(RUN_ID, '--json')).out) as { progress: { points: unknown[] } };
      expect(json.progress.points).toHaveLength(40);
    });

    it('knows what is no run', async () => {
      expect((await show('RUN')).code).toBe(2);
      await expect(show('01950000-0000-7000-8000-00000000dead')).rejects.toThrow(
        'there is no retrain run 01950000-0000-7000-8000-00000000dead',
      );
    });
  });

  describe('token', () => {
    it('prints the token alone, once, and it works until it is revoked', async () => {
      const args = [
        'token',
        'create',
        '--name',
        'dashboard',
        '--scopes',
        'operate, read',
        '--expires',
        '90d',
      ];
      const { out, said } = await run(token.register, args, { config });
      expect(out).toMatch(/^sw_[a-z0-9]{12}_\S{43}\n$/);
      expect(said).toContain('is good until 2026-06-08T12:07:00.000Z');
      expect(said).toContain('Tokens are not asked for yet');
      const text = out.trim();
      expect(await verifyToken(pool, text, NOW_MS)).toMatchObject({
        ok: true,
        value: { name: 'dashboard', scopes: ['read', 'operate'] },
      });

      const prefix = text.slice(0, 15);
      const listed = await run(token.register, ['token', 'list'], { config });
      expect(listed.out).toContain(`${prefix}  dashboard  read,operate  in force`);
      expect(listed.out).not.toContain(text);
      expect((await run(token.register, ['token', 'list', '--json'], { config })).out).not.toContain(text);

      expect((await run(token.register, ['token', 'revoke', prefix], { config })).said).toContain(
        'is revoked',
      );
      expect(await verifyToken(pool, text, NOW_MS)).toEqual({ ok: false, error: 'revoked' });
      const again = run(token.register, ['token', 'revoke', prefix], { config });
      await expect(again).rejects.toThrow(`no token in force is called ${prefix}`);
    });

    it.each([
      [['--name', 'x', '--scopes', 'admin'], 'read, ingest, operate'],
      [['--name', 'x', '--scopes', ''], 'read, ingest, operate'],
      [['--name', '', '--scopes', 'read'], '1 to 100 characters'],
      [['--scopes', 'read'], "required option '--name <name>'"],
      [['--name', 'x', '--scopes', 'read', '--expires', '3 weeks'], '30s, 10m, 1h, 7d; or never'],
    ])('refuses %o', async (args, message) => {
      const { code, usage } = await run(token.register, ['token', 'create', ...args], { config });
      expect(code).toBe(2);
      expect(usage).toContain(message);
    });
  });

  describe('dead-letters', () => {
    it('lists the newest that were not replayed', async () => {
      await pool.query(`update dead_letter set replayed_at = now() where id = 5`);
      const { out, said } = await run(deadLetters.register, ['dead-letters', 'list', '--limit', '3'], {
        config,
      });
      const lines = out.trimEnd().split('\n');
      expect(lines).toHaveLength(4);
      expect(lines[1]).toMatch(
        /^2026-03-10 11:04:00 +missing_model +- +kafka:ml.predictions\/0@9007199254740997 +unexpected end/,
      );
      expect(said).toContain('There are more than these 3');
      const all = await run(deadLetters.register, ['dead-letters', 'list', '--all', '--json'], { config });
      expect(JSON.parse(all.out)).toHaveLength(5);
      const args = ['dead-letters', 'list', '--reason', 'too_deep'];
      expect((await run(deadLetters.register, args, { config })).said).toContain('everything could be read');
      await pool.query(`update dead_letter set replayed_at = null`);
    });

    it('hands the selection to the replay, and says what came of it', async () => {
      const replay = {
        accepted: 4,
        duplicates: 1,
        stillDead: [{ reason: 'malformed_json' as const, count: 2 }],
        truncated: 1,
        withheld: 0,
      };
      const args = [
        'dead-letters',
        'replay',
        '--reason',
        'unknown_model',
        '--model',
        'm',
        '--limit',
        '9',
        '--dry-run',
      ];
      const { out, replays } = await run(deadLetters.register, args, { config, replay });
      expect(out).toBe(
        '4 would be stored, 1 duplicate, 2 still malformed_json, 1 too long to have been kept whole\n',
      );
      expect(replays).toMatchObject([{ reason: 'unknown_model', model: 'm', limit: 9, dryRun: true }]);
      const whole = await run(deadLetters.register, ['dead-letters', 'replay'], { config });
      expect(whole.replays).toMatchObject([{ reason: null, model: null, limit: null, dryRun: false }]);
      expect(whole.out).toBe('0 stored, 0 duplicates\n');
    });

    it('refuses a reason that does not exist', async () => {
      const { code, usage } = await run(deadLetters.register, ['dead-letters', 'list', '--reason', 'x'], {
        config,
      });
      expect(code).toBe(2);
      expect(usage).toContain('malformed_json');
    });
  });

  describe('migrate', () => {
    it('says what would run, runs it, and finds nothing more to do', async () => {
      const { url } = await createEmptyDatabase('cli_migrate');
      const parsed = await configOf(`database: "${url}"`);
      const options = { config: async () => parsed };
      await expect(run(status.register, ['status'], options)).rejects.toThrow('does not have the tables');
      const dry = await run(migrate.register, ['migrate', '--dry-run'], options);
      expect(dry.out).toBe(MIGRATIONS.map((name) => `${name}\n`).join(''));
      expect(dry.said).toBe(`${MIGRATIONS.length} migrations would run.\n`);
      expect(await run(migrate.register, ['migrate'], options)).toMatchObject({
        said: `${MIGRATIONS.length} migrations ran.\n`,
      });
      expect(await run(migrate.register, ['migrate'], options)).toMatchObject({
        out: '',
        said: 'The database is up to date.\n',
      });
      expect((await run(status.register, ['status'], options)).out).toContain(
        'No model is being watched yet.',
      );
    });
  });

  it('says in one sentence that the database is not there', async () => {
    const parsed = await configOf('database: "postgres://u:p@127.0.0.1:1/d"');
    const options = { config: async () => parsed };
    await expect(run(status.register, ['status'], options)).rejects.toThrow('cannot connect to the database');
    await expect(run(migrate.register, ['migrate'], options)).rejects.toThrow(
      'cannot connect to the database',
    );
  });

  it('doctor finds a healthy database', async () => {
    const { out, code } = await run(doctor.register, ['doctor'], { config, clock: systemClock });
    expect(out).toMatch(/^ok {8}database: PostgreSQL [\d.]+/m);
    expect(out).toContain('ok        migrations: the tables are those of this version');
    expect(out).toContain('ok        clock: 0.0 s');
    expect(code).toBe(0);
  });
});

describeWith(['postgres', 'kafka', 'redis'], 'doctor with everything configured', () => {
  it('finds Kafka, a topic that is missing, and Redis', async () => {
    const { url } = await createDatabase('doctor');
    const parsed = await configOf(`database: "${url}"
queue: { backend: redis, url: "${addressOf('redis')}" }
kafka: { brokers: "${addressOf('kafka')}", topics: { predictions: [doctor.never.made] } }
webhooks: { here: { preset: airflow, url: "http://127.0.0.1:1/x" } }`);
    const { out, code } = await run(doctor.register, ['doctor'], {
      config: async () => parsed,
      clock: systemClock,
    });
    expect(out).toMatch(/^ok {8}kafka: .* answers$/m);
    expect(out).toContain('warning   kafka topic doctor.never.made: does not exist');
    expect(out).toMatch(/^ok {8}redis: Redis \d+\./m);
    expect(out).toContain('ok        webhook here: 127.0.0.1');
    expect(code).toBe(0);
  });

  it('says that Kafka does not answer', async () => {
    const { url } = await createDatabase('doctor_down');
    const parsed = await configOf(
      `database: "${url}"\nkafka: { brokers: "127.0.0.1:1", topics: { predictions: [p] } }`,
    );
    const { out, code } = await run(doctor.register, ['doctor'], {
      config: async () => parsed,
      clock: systemClock,
    });
    expect(out).toMatch(/^CRITICAL {2}kafka: 127\.0\.0\.1:1: connect ECONNREFUSED/m);
    expect(code).toBe(1);
  });
});
