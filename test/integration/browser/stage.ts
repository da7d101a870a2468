/** A service on a full database, and a browser before it: what the tests of screens share. */
import type { Browser, Page } from 'playwright-core';
import { silentLog } from '../../../src/core/log.ts';
import { startDashboardApp } from '../../../src/dashboard/app/dashboard-app.ts';
import { type Service, startService } from '../../../src/main.ts';
import type { Pool } from '../../../src/store/connection/pool.ts';
import { createToken } from '../../../src/store/tokens.ts';
import { retrainStory } from '../../api/seed.ts';
import { openChromium } from '../../dashboard/chromium.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { DEADLINES } from '../../harness/deadlines.ts';
import { seedFleet, SMALL_FLEET } from '../../harness/fleet/seed-fleet.ts';
import { freePorts } from '../../harness/free-port.ts';
import { startSmtp, type TestSmtp } from '../../harness/smtp.ts';
import { startActLine, startNotify } from '../act-line.ts';
import { type Day, type LoggedModel, logDays, storeTraining } from './log-days.ts';
import { HOSTILE_NAMES, LOANS, screenConfig } from './screen-models.ts';
import { watch } from './watched-page.ts';

export const WIDTHS = [1_440, 375] as const;
export type Width = (typeof WIDTHS)[number];

export interface Stage {
  readonly pool: Pool;
  readonly url: string;
  /** The same with `auth.tokens`. */
  readonly guardedUrl: string;
  readonly token: string;
  readonly smtp: TestSmtp;
  readonly loans: LoggedModel;
  readonly browser: Browser;
  /** One for each width, kept for all tests. */
  readonly pages: Readonly<Record<Width, Page>>;
  /** Stops answering at `url`, as a server does that is restarted. */
  stop(): Promise<void>;
  /** Answers at `url` again. */
  start(): Promise<void>;
}

const USUAL: readonly Day[] = Array.from({ length: 7 }, () => 'usual');
/** A fault that is mended, two days without a row, and concept drift that goes on. */
export const LOAN_DAYS: readonly (Day | null)[] = [
  ...USUAL,
  'fault',
  ...USUAL,
  null,
  null,
  ...USUAL,
  'concept',
  'concept',
  'concept',
];

export async function openStage(chromiumPath: string): Promise<Stage> {
  const building = startDashboardApp(silentLog);
  const line = await startActLine('dashboard');
  const { pool } = line;
  const smtp = await startSmtp();
  const [port = 0, guardedPort = 0] = await freePorts(2);
  const addresses = { databaseUrl: line.url, smtpUrl: smtp.url };
  const config = await screenConfig({ ...addresses, port, tokens: false });
  const spec = (name: string) => {
    const found = config.models.find((model) => model.name === name.normalize('NFC'));
    if (found === undefined) throw new Error(`no model ${name}`);
    return found;
  };

  await seedFleet(pool, SMALL_FLEET);
  const mail = line.notifyDeps(smtp.url).mail;
  startNotify(
    line,
    line.notifyDeps(smtp.url, {
      mail: { ...mail, publicUrl: `http://127.0.0.1:${port}` },
      channels: new Map([['oncall', { type: 'email', to: ['ml@example.org'] }]]),
    }),
  );
  const loans = { spec: spec(LOANS), feature: 'ratio', version: '1', levels: ['DE', 'FR', 'IT'] };
  await storeTraining(pool, loans);
  await logDays(pool, loans, 0, LOAN_DAYS);
  for (const name of HOSTILE_NAMES) {
    const hostile = { spec: spec(name), feature: name, version: name, levels: [name, 'FR', 'IT'] };
    await storeTraining(pool, hostile);
    await logDays(pool, hostile, 24, ['usual', 'usual', 'usual', 'fault', 'fault']);
  }
  await retrainStory(pool, LOANS);

  const state = await building.settled;
  if (state.state !== 'ready') throw new Error(`The dashboard was not built: ${JSON.stringify(state)}`);
  const serve = async (onPort: number, tokens: boolean): Promise<Service> =>
    await startService({
      config: await screenConfig({ ...addresses, port: onPort, tokens }),
      roles: new Set(['api']),
      log: silentLog,
      dashboard: building,
    });
  const guarded = await serve(guardedPort, true);
  atEnd(async () => await guarded.stop());
  let service: Service | null = await serve(port, false);
  const stop = async (): Promise<void> => {
    await service?.stop();
    service = null;
  };
  atEnd(stop);
  const browser = await openChromium(chromiumPath);
  atEnd(async () => await browser.close());
  const { text } = await createToken(pool, {
    name: 'browser',
    scopes: ['read', 'operate'],
    expiresAtMs: null,
  });
  return {
    pool,
    url: `http://127.0.0.1:${port}`,
    guardedUrl: `http://127.0.0.1:${guardedPort}`,
    token: text,
    smtp,
    loans,
    browser,
    pages: { 1_440: await pageOf(browser, 1_440), 375: await pageOf(browser, 375) },
    stop,
    start: async () => {
      service ??= await serve(port, false);
    },
  };
}

async function pageOf(browser: Browser, width: Width): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
    reducedMotion: 'reduce',
    timezoneId: 'Europe/Berlin',
  });
  const page = await context.newPage();
  watch(page);
  page.setDefaultTimeout(DEADLINES.promptMs);
  return page;
}
