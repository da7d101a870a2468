import { loadavg } from 'node:os';
import type { Browser } from 'playwright-core';
import type { DashboardApp } from '../../src/dashboard/app/dashboard-app.ts';
import { createListDays } from '../../src/pipeline/history/list-days.ts';
import { createInspections } from '../../src/pipeline/inspect/inspections.ts';
import type { Pool } from '../../src/store/connection/pool.ts';
import { createReadModels } from '../../src/store/read-models.ts';
import { testApi } from '../../test/api/fakes.ts';
import { counting } from '../../test/harness/database/counting.ts';
import { historyModel } from '../history/fill.ts';
import { incidentDesk } from '../../src/pipeline/incidents/incident-desk.ts';
import { ModelCatalog } from '../../src/pipeline/windows/model-catalog.ts';
import { addIncident } from './add-incident.ts';
import { screensOf, type Visit, visitScreen } from './visit-screens.ts';
import { median } from './watch-page.ts';

const INCIDENT_WINDOWS = 100;

/** Prints what each screen of a model asks, sends and draws, over so many days. */
export async function measureScreens(
  pool: Pool,
  browser: Browser,
  app: Pick<DashboardApp, 'current'>,
  { title, days, rounds }: { title: string; days: number; rounds: number },
): Promise<void> {
  let statements = 0;
  const counted = counting(pool, () => (statements += 1));
  const models = [historyModel()];
  const { app: api } = testApi({
    readModels: createReadModels(counted),
    inspections: createInspections(counted, models, createListDays(counted, models)),
    ...incidentDesk(counted, await ModelCatalog.open(pool, models)),
    dashboard: () => app.current(),
  });
  const url = await api.listen({ host: '127.0.0.1', port: 0 });
  const newest = await pool.query<{ id: string }>('select max(id)::text as id from "window"');
  const shown = { window: newest.rows[0]!.id, incident: await addIncident(pool, INCIDENT_WINDOWS) };
  for (const screen of screensOf('history', 'x_1', shown, `${days}d`)) {
    const visits: Visit[] = [];
    for (let n = 0; n < rounds; n += 1) visits.push(await visitScreen(browser, url, screen));
    const [first] = visits;
    if (first === undefined) continue;
    console.log(
      [
        `${title}, ${screen.name}`,
        `${Math.round(first.dataBytes / 100) / 10} kB of data in ${first.asked.length} answers`,
        `${Math.round(first.codeBytes / 100) / 10} kB of scripts and style`,
        `${first.elements} elements`,
        `first chart ${Math.round(median(visits.map(({ firstChartMs }) => firstChartMs)))} ms`,
        ...Object.keys(first.interactions).map(
          (name) =>
            `${name} ${median(visits.map(({ interactions }) => interactions[name] ?? Number.NaN))} ms`,
        ),
        `load ${loadavg()[0]?.toFixed(1)}`,
      ].join(', '),
    );
    for (const path of new Set(first.asked)) {
      const asked = [];
      // The screens that were left may still be answered: the fewest is what one takes.
      for (let n = 0; n < 3; n += 1) asked.push(await ask(url + path, () => statements));
      const { bytes, ms } = asked[0]!;
      const fewest = Math.min(...asked.map((each) => each.statements));
      console.log(`    ${path.replace(/\?.*/, '')}: ${fewest} statements, ${bytes} bytes, ${ms} ms`);
    }
  }
  await api.close();
}

async function ask(url: string, statements: () => number) {
  const [before, began] = [statements(), performance.now()];
  const answer = await fetch(url);
  await answer.arrayBuffer();
  return {
    statements: statements() - before,
    bytes: answer.headers.get('content-length') ?? '?',
    ms: Math.round(performance.now() - began),
  };
}
