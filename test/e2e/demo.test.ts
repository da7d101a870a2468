import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { findServer } from '../../src/store/embedded/pid-file.ts';
import { dropDatabase } from '../../src/store/connection/fresh-database.ts';
import { atEnd } from '../harness/cleanup.ts';
import { DEADLINES } from '../harness/deadlines.ts';
import { createEmptyDatabase } from '../harness/database/database.ts';
import { describeWith } from '../harness/describe-with.ts';
import { freePort } from '../harness/free-port.ts';
import { type Program, startShiftwatch, temporaryFolder } from '../harness/process.ts';
import { until } from '../harness/wait.ts';

/** Alone on two cores it takes a minute, beside forty busy processes ten. */
const WHOLE_DEMO_MS = 1_500_000;

describeWith(['postgres'], 'the demo on a given server', () => {
  it(
    'finds the fault there, and starts and writes nothing of its own',
    async () => {
      const { url } = await createEmptyDatabase('demo');
      atEnd(() => dropDemo(url));
      const port = await freePort();
      const demo = startShiftwatch(['demo', '--port', `${port}`], { env: { DATABASE_URL: url } });
      await demo.waitForLine(/^week of 2018-12-13 +inputs +data fault/, WHOLE_DEMO_MS);
      expect(await interrupted(demo)).not.toContain('stays in');
      expect(existsSync(join(demo.folder, '.shiftwatch'))).toBe(false);
      await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed');
    },
    WHOLE_DEMO_MS + DEADLINES.waitMs,
  );
});

describe('the demo on a database of its own', () => {
  const dataOf = (folder: string) => join(folder, '.shiftwatch', 'data');

  it(
    'finds the fault and the shift, mails both, and has its webhook verified',
    async () => {
      const port = await freePort();
      const demo = startShiftwatch(['demo', '--exit', '--port', `${port}`]);
      await demo.waitForLine(/The page is up/, DEADLINES.longWaitMs);
      expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
      const { code, stdout } = await demo.waitForExit(WHOLE_DEMO_MS);
      expect(code).toBe(0);

      expect(stdout).toMatch(/^2018-12-13 to 2018-12-20 +inputs +data fault$/m);
      expect(stdout).toMatch(/^2018-12-13 to 2018-12-20 +labels +data fault$/m);
      expect(stdout).toMatch(/^2018-12-27 to 2019-03-21 +inputs +none$/m);
      expect(stdout).toMatch(/^2019-03-28 to 2019-08-\d\d +inputs +covariate shift$/m);
      expect(stdout).toMatch(/^MAILS SENT \([3-9]\)$/m);
      expect(stdout).toContain('[shiftwatch] car-loan 1: data fault since 13 Dec 00:00');
      expect(stdout).toContain('[shiftwatch] car-loan 1: covariate shift since 28 Mar 00:00');
      expect(stdout).toMatch(/- debt_to_income_ratio \(unit changed\)/);
      expect(stdout).toMatch(/^RETRAINING WEBHOOKS CALLED \(1\)$/m);
      expect(stdout).toMatch(/performance drop, signature verified: /);
      expect(stdout).not.toContain('WRONG');
      expect(findServer(dataOf(demo.folder))).toBeNull();
      await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed');
    },
    WHOLE_DEMO_MS + DEADLINES.waitMs,
  );

  it('survives being killed, and stops its server at Ctrl-C half-way', async () => {
    const folder = temporaryFolder();
    const first = await startDemo(folder);
    await first.waitForLine(/Replaying 50,000 loans/, DEADLINES.longWaitMs);
    expect(findServer(dataOf(folder))?.isReady).toBe(true);
    await first.kill9();

    const second = await startDemo(folder);
    // Windows are being closed, evaluated and mailed about.
    await second.waitForLine(/^week of .* data fault/, DEADLINES.longWaitMs);
    expect(findServer(dataOf(folder))?.isReady).toBe(true);
    await interrupted(second);
    expect(findServer(dataOf(folder))).toBeNull();
  });

  it('leaves no server behind when it is stopped while it starts one', async () => {
    const folder = temporaryFolder();
    const demo = await startDemo(folder);
    await until(() => existsSync(join(folder, '.shiftwatch')), {
      everyMs: 5,
      what: 'the start of the server',
    });
    expect(await interrupted(demo)).toContain("The demo's database stays in .shiftwatch, about 200 MB.");
    expect(existsSync(dataOf(folder)) && findServer(dataOf(folder)) !== null).toBe(false);
  });
});

async function startDemo(folder: string): Promise<Program> {
  return startShiftwatch(['demo', '--port', `${await freePort()}`], { folder });
}

/** Ctrl-C. */
async function interrupted(demo: Program): Promise<string> {
  process.kill(demo.pid, 'SIGINT');
  const { code, stderr } = await demo.waitForExit();
  expect(code).toBe(0);
  expect(stderr).toContain('Stopping …\n');
  return stderr;
}

async function dropDemo(connectionString: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await dropDatabase(client, 'shiftwatch_demo');
  } finally {
    await client.end();
  }
}
