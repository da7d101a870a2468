import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { register } from '../../src/cli/doctor/doctor.ts';
import { judgeDatabase } from '../../src/cli/doctor/database-check.ts';
import { doctorReport } from '../../src/cli/doctor/report.ts';
import { withDeadline } from '../../src/core/clock.ts';
import { failure, fine, warning } from '../../src/cli/doctor/finding.ts';
import { checkSmtp, checkWebhook } from '../../src/cli/doctor/outside-checks.ts';
import { checkRedis } from '../../src/cli/doctor/redis-check.ts';
import { UserError } from '../../src/core/errors.ts';
import { nothingStored } from '../api/fakes.ts';
import { configOf, run } from './operations.ts';

const facts = await nothingStored.serverFacts();
const current = await nothingStored.readiness();
const NOW_MS = Date.parse(facts.now);

function levels(overrides: Partial<typeof facts>, localMs = NOW_MS): Map<string, string> {
  const findings = judgeDatabase({ ...facts, ...overrides }, current, localMs);
  return new Map(findings.map(({ subject, level }) => [subject, level]));
}

/** A port that nothing listens on: it was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

describe('what the database says of itself', () => {
  it('is fine', () => {
    expect(new Set(levels({}).values())).toEqual(new Set(['ok']));
  });

  it.each([
    [{ version: '13.9', version_number: 130_009 }, 'database', 'critical'],
    [{ encoding: 'SQL_ASCII' }, 'database encoding', 'critical'],
    [{ connections: 77 }, 'connections', 'warning'],
    [{ connections: 76 }, 'connections', 'ok'],
  ])('%o', (overrides, subject, level) => {
    expect(levels(overrides).get(subject)).toBe(level);
  });

  it.each([
    [1_999, 'ok'],
    [2_000, 'warning'],
    [-59_999, 'warning'],
    [60_000, 'critical'],
  ])('a clock %d ms apart is %s', (skewMs, level) => {
    expect(levels({}, NOW_MS + skewMs).get('clock')).toBe(level);
  });

  it('calls missing tables a warning, since serve makes them, and newer ones a failure', () => {
    const pending = { ...current, ready: false, migrations: 'pending' as const, detail: '0002 is missing' };
    expect(judgeDatabase(facts, pending, NOW_MS)[2]).toMatchObject({
      level: 'warning',
      detail: '0002 is missing',
    });
    expect(judgeDatabase(facts, { ...pending, migrations: 'newer' }, NOW_MS)[2]?.level).toBe('critical');
  });
});

describe('what cannot be reached', () => {
  it('is said in one line each, with the way out', async () => {
    const port = await closedPort();
    const smtp = await checkSmtp({ url: `smtp://127.0.0.1:${port}`, from: 'a@b.c', ca: null }, 5_000);
    expect(smtp).toMatchObject({
      level: 'critical',
      detail: expect.stringContaining('ECONNREFUSED') as unknown,
    });
    const [redis] = await checkRedis(`redis://127.0.0.1:${port}`, 5_000);
    expect(redis).toMatchObject({ subject: 'redis', level: 'critical' });
    const webhook = await checkWebhook('train', { url: 'https://nowhere.invalid/run' }, 5_000);
    expect(webhook).toMatchObject({
      level: 'critical',
      fix: expect.stringContaining('webhooks.train.url') as unknown,
    });
    expect(await checkWebhook('here', { url: 'http://[::1]:1/' }, 5_000)).toEqual(
      fine('webhook here', '::1'),
    );
  });

  it('is given up after the deadline', async () => {
    await expect(withDeadline(new Promise(() => {}), 20)).rejects.toThrow('no answer within 0.02 s');
    await expect(withDeadline(Promise.resolve(1), 60_000)).resolves.toBe(1);
  });
});

describe('the report', () => {
  it('puts the fix below each finding', () => {
    const findings = [
      fine('a', 'good'),
      warning('b', 'odd', 'Mend b.'),
      failure('c', 'broken\u001b', 'Mend c.'),
    ];
    expect(doctorReport(findings)).toBe(`ok        a: good
warning   b: odd
          Mend b.
CRITICAL  c: broken\ufffd
          Mend c.

1 to repair, 1 to know about.
`);
    expect(doctorReport([fine('a', 'good')])).toContain('Everything is fine.');
  });
});

describe('shiftwatch doctor', () => {
  it('begins with the configuration', async () => {
    const config = () =>
      Promise.reject(new UserError('3 mistakes in shiftwatch.yaml', { fix: 'See above.' }));
    const { out, code } = await run(register, ['doctor'], { config });
    expect(out).toContain('CRITICAL  configuration: 3 mistakes in shiftwatch.yaml\n          See above.');
    expect(code).toBe(1);
  });

  it('ends with 1 when the database does not answer, and still looks at the rest', async () => {
    const config = await configOf(`database: postgres://u:secret@127.0.0.1:${await closedPort()}/d`);
    const { out, code } = await run(register, ['doctor', '--json'], { config: async () => config });
    expect(code).toBe(1);
    const { findings } = JSON.parse(out) as { findings: { subject: string; level: string }[] };
    expect(findings.map(({ subject, level }) => `${subject} ${level}`)).toEqual([
      'configuration ok',
      'database critical',
      'smtp warning',
    ]);
    expect(out).not.toContain('secret');
  });
});
