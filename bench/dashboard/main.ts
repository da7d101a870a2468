/** What the screens take: `node bench/dashboard/main.ts --help`. */
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { silentLog } from '../../src/core/log.ts';
import { startDashboardApp } from '../../src/dashboard/app/dashboard-app.ts';
import type { Pool } from '../../src/store/connection/pool.ts';
import { createReadModels } from '../../src/store/read-models.ts';
import { testApi } from '../../test/api/fakes.ts';
import { chromiumPath, openChromium } from '../../test/dashboard/chromium.ts';
import { counting } from '../../test/harness/database/counting.ts';
import { seedFleet, SMALL_FLEET } from '../../test/harness/fleet/seed-fleet.ts';
import { onDatabase } from '../history/on-database.ts';
import { fillModel } from './fill-model.ts';
import { measureScreens } from './measure-screens.ts';
import { type ScreenFigures, visitFleet } from './visit-fleet.ts';
import { median } from './watch-page.ts';

const { values: flags } = parseArgs({
  options: {
    models: { type: 'string', default: '10,100,1000' },
    features: { type: 'string', default: '10x7,200x90' },
    rounds: { type: 'string', default: '3' },
    help: { type: 'boolean', default: false },
  },
});

const HELP = `node bench/dashboard/main.ts [--models 10,100,1000] [--features 10x7,200x90] [--rounds 3]

Fills an embedded PostgreSQL with fleets of models (90 days of windows, one model in ten by the hour, the others by the
day), opens the fleet screen in Chromium, searches, scrolls, and prints what was asked, sent and drawn. Then the same of
the screens of one model, with so many features over so many days of hours. Either takes none for "". A minute for a
hundred models, five for a thousand; ten for 200 features over 90 days.
`;

if (flags.help) process.stdout.write(HELP);
else await measure();
process.exit();

async function measure(): Promise<void> {
  const path = chromiumPath();
  if (path === null) throw new Error('There is no Chromium here: name one with TEST_CHROMIUM.');
  const app = startDashboardApp(silentLog);
  const state = await app.settled;
  if (state.state !== 'ready') throw new Error(`the application was not built: ${JSON.stringify(state)}`);
  const browser = await openChromium(path);
  console.log(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`);
  for (const models of listed(flags.models).map(Number)) {
    await onDatabase(undefined, async (pool) => {
      await seedFleet(pool, { ...SMALL_FLEET, models, features: 0 });
      await measureFleet(pool, browser, models, () => app.current());
    });
  }
  for (const text of listed(flags.features)) {
    const [features = 0, days = 0] = text.split('x').map(Number);
    await onDatabase(undefined, async (pool) => {
      await fillModel(pool, features, days * 24);
      const title = `${features} features × ${days} days of hours`;
      await measureScreens(pool, browser, app, { title, days, rounds: Number(flags.rounds) });
    });
  }
  await browser.close();
  app.stop();
}

function listed(text: string): string[] {
  return text.split(',').filter((each) => each !== '');
}

async function measureFleet(
  pool: Pool,
  browser: Browser,
  models: number,
  dashboard: () => ReturnType<ReturnType<typeof startDashboardApp>['current']>,
): Promise<void> {
  let statements = 0;
  const counted = counting(pool, () => (statements += 1));
  const readModels = createReadModels(counted);
  const { app } = testApi({ readModels, dashboard });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const asked = await fetch(`${url}/api/v1/fleet`);
  await asked.arrayBuffer();
  const perAnswer = statements;
  const rounds: ScreenFigures[] = [];
  for (let n = 0; n < Number(flags.rounds); n += 1) rounds.push(await visitFleet(browser, url));
  await app.close();
  const of = (pick: (figures: ScreenFigures) => number): number => Math.round(median(rounds.map(pick)));
  console.log(
    [
      `${models} models`,
      `${perAnswer} statement an answer`,
      `${of((f) => f.requests)} requests`,
      `${of((f) => f.bytes / 100) / 10} kB in all, ${of((f) => f.dataBytes / 100) / 10} kB of it data`,
      `${of((f) => f.codeBytes / 100) / 10} kB of scripts and style`,
      `${of((f) => f.rowsInDocument)} of ${of((f) => f.rowCount)} rows in the document`,
      `first row ${of((f) => f.firstRowMs)} ms`,
      `key to paint ${of((f) => f.searchMs)} ms`,
      `found ${of((f) => f.foundMs)} ms`,
      `longest frame of a scroll ${of((f) => f.scrollFrameMs)} ms`,
      `load ${loadavg()[0]?.toFixed(1)}`,
    ].join(', '),
  );
}
