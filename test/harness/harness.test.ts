import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createTransport } from 'nodemailer';
import { describe, expect, it } from 'vitest';
import { describeProcess } from '../../src/store/embedded/process-facts.ts';
import { isTestName, withDatabase } from './database/name.ts';
import { startHttp } from './http.ts';
import { LONGEST, longestFirst } from './vitest/longest-first.ts';
import { runShiftwatch, startShiftwatch } from './process.ts';
import { addressesOf, startSmtp } from './smtp.ts';
import { endingOf } from './test-run.ts';
import { until } from './wait.ts';

describe('the test SMTP server', () => {
  const mail = { from: 'a@example.org', to: 'b@example.org', subject: 'Grüße', text: 'Hello' };

  it('receives and parses a mail, also when it is awaited before it is sent', async () => {
    const smtp = await startSmtp();
    const waiting = smtp.waitForMail(({ parsed }) => parsed.subject === 'Grüße');
    await createTransport(smtp.url).sendMail(mail);
    const { envelope, parsed } = await waiting;
    expect(envelope).toEqual({ from: 'a@example.org', to: ['b@example.org'] });
    expect(addressesOf(parsed.to)).toEqual(['b@example.org']);
    expect(parsed.text?.trim()).toBe('Hello');
  });

  it.each([
    ['connect', 421],
    ['mail', 451],
    ['rcpt', 550],
    ['data', 451],
  ] as const)('refuses once at %s with %d, and then no more', async (at, code) => {
    const smtp = await startSmtp();
    smtp.failNext({ at, code });
    const transport = createTransport(smtp.url);
    await expect(transport.sendMail(mail)).rejects.toMatchObject({ responseCode: code });
    await transport.sendMail(mail);
    expect(smtp.mails).toHaveLength(1);
  });

  it('lets in only the login it was given', async () => {
    const smtp = await startSmtp({ login: { user: 'u@x', pass: 'p/w' } });
    await createTransport(smtp.url).sendMail(mail);
    const wrong = { host: '127.0.0.1', port: smtp.port, auth: { user: 'u@x', pass: 'guessed' } };
    await expect(createTransport(wrong).sendMail(mail)).rejects.toMatchObject({ responseCode: 535 });
  });

  it('says what came when the awaited mail does not', async () => {
    const smtp = await startSmtp();
    await createTransport(smtp.url).sendMail(mail);
    const never = smtp.waitForMail(() => false, 50);
    await expect(never).rejects.toThrow(/within 50 ms[^]*"Grüße" to b@example.org/);
  });
});

describe('the test HTTP server', () => {
  it('records requests and answers by its script, then with 200', async () => {
    const http = await startHttp({ status: 503, headers: { 'retry-after': '1' } }, { hangUp: true });
    const waiting = http.waitForRequest(({ path }) => path === '/hook?a=1');
    const first = await fetch(`${http.url}/hook?a=1`, { method: 'POST', body: '{"x":1}' });
    expect([first.status, first.headers.get('retry-after')]).toEqual([503, '1']);
    expect((await waiting).json()).toEqual({ x: 1 });
    await expect(fetch(http.url)).rejects.toThrow('fetch failed');
    expect((await fetch(http.url)).status).toBe(200);
    expect(http.requests).toHaveLength(3);
  });

  it('ends connections that are still waiting for a reply', async () => {
    const http = await startHttp({ delayMs: 60_000 });
    const socket = connect(Number(new URL(http.url).port), '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await http.waitForRequest();
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await http.stop();
    await closed;
  });
});

describe('programs', () => {
  const program = fileURLToPath(new URL('./fixtures/talker.js', import.meta.url));

  it('run in a folder of their own, with their configuration and nothing of our environment', async () => {
    const options = { program, config: { models: [] }, env: { GREETING: 'hi' }, input: 'typed' };
    const exit = await runShiftwatch(['once'], options);
    expect(exit).toMatchObject({ code: 3, signal: null, stderr: 'to stderr\n' });
    expect(JSON.parse(exit.stdout)).toMatchObject({ config: 'models: []\n', input: 'typed', greeting: 'hi' });
    expect(exit.stdout).not.toContain('VITEST');
  });

  it('are watched line by line, stopped and killed', async () => {
    const first = startShiftwatch(['stay'], { program });
    expect(await first.waitForLine(/^ready/)).toBe('ready to go');
    expect(await first.stop()).toMatchObject({ code: 0, stdout: 'ready to go\ngoodbye\n' });

    const second = startShiftwatch(['stay'], { program });
    await second.waitForLine(/^ready/);
    expect(await second.kill9()).toMatchObject({ code: null, signal: 'SIGKILL', stdout: 'ready to go\n' });
  });

  it('are ended by whoever started them, and no stranger that has their pid by now', async () => {
    const { pid, waitForLine } = startShiftwatch(['stay'], { program });
    await waitForLine(/^ready/);
    await endingOf(pid, 'at another time')();
    expect(describeProcess(pid)).not.toBeNull();
    await endingOf(pid)();
    expect(describeProcess(pid)).toBeNull();
    await endingOf(pid)();
  });

  it('that end or stall instead of saying what is awaited fail with their output', async () => {
    const ended = startShiftwatch(['once'], { program });
    await expect(ended.waitForLine(/never/)).rejects.toThrow(/ended with 3 before[^]*to stderr/);
    const stalled = startShiftwatch(['stay'], { program });
    await stalled.waitForLine(/^ready/);
    await expect(stalled.waitForLine(/never/, 20)).rejects.toThrow(/was given 20 ms for[^]*ready to go/);
  });
});

describe('waiting', () => {
  it('returns what was found', async () => {
    let looks = 0;
    expect(await until(() => (looks += 1) === 3 && 'found', { everyMs: 1 })).toBe('found');
  });

  it('says what it saw last, or why the last look failed', async () => {
    const short = { timeoutMs: 10, everyMs: 1, what: 'the alert' };
    await expect(until(() => null, short)).rejects.toThrow(/in vain for the alert; last seen: null/);
    const failing = () => Promise.reject(new Error('no such table'));
    await expect(until(failing, short)).rejects.toThrow(/the last try failed: no such table/);
  });
});

describe('a run of tests', () => {
  it('of which nothing is heard any more ends, and says what it was at', async () => {
    const program = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
    const config = fileURLToPath(new URL('./fixtures/blocked/vitest.config.ts', import.meta.url));
    const env = { SHIFTWATCH_TEST_SILENCE_MS: '3000' };
    const { code, stderr } = await runShiftwatch(['run', '--config', config], { program, env });
    expect(stderr).toMatch(/^No test has been heard of for 3000 ms: the run ends here/m);
    expect(stderr).toMatch(/^unfinished: blocked\.ts, /m);
    const [, pid] = /^(\d+) S \S* ?sleep 1000$/m.exec(stderr) ?? [];
    expect(Number(pid)).toBeGreaterThan(0);
    expect(describeProcess(Number(pid))).toBeNull();
    expect(code).toBe(1);
  });
});

describe('names of databases that tests may touch', () => {
  it.each(['test', 'shiftwatch_test', 'test-1', 'a_TEST_b'])('allows %s', (name) => {
    expect(isTestName(name)).toBe(true);
  });

  it.each(['shiftwatch', 'contest', 'latest', 'testing', ''])('refuses %j', (name) => {
    expect(isTestName(name)).toBe(false);
  });

  it('changes only the database of an address', () => {
    expect(withDatabase('postgresql://u:p@h:1/a?sslmode=require', 'b')).toBe(
      'postgresql://u:p@h:1/b?sslmode=require',
    );
  });
});

describe('the order of files', () => {
  it('begins with those that take longest, and leaves the others as they were', () => {
    const paths = ['test/z.test.ts', LONGEST[1]!, 'test/a.test.ts', LONGEST[0]!];
    const sorted = longestFirst(paths.map((path) => ({ moduleId: `/a/checkout/${path}` })));
    expect(sorted.map(({ moduleId }) => moduleId.slice('/a/checkout/'.length))).toEqual([
      LONGEST[0],
      LONGEST[1],
      'test/z.test.ts',
      'test/a.test.ts',
    ]);
  });

  it('names files that are there, each once', () => {
    expect(LONGEST.filter((path) => !existsSync(path))).toEqual([]);
    expect(new Set(LONGEST).size).toBe(LONGEST.length);
  });
});
