/** What people and programs ask of stored windows. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Pool } from '../../src/store/connection/pool.ts';
import { listMeasurements } from '../../src/store/read-models/measurements.ts';
import { overview } from '../../src/store/read-models/overview.ts';
import { pipelineFacts } from '../../src/store/read-models/pipeline.ts';
import { listVerdicts } from '../../src/store/read-models/verdicts.ts';
import { listWindows } from '../../src/store/read-models/windows.ts';

const TIMES = 5;
const MOST_ON_A_PAGE = 1_000;
const FEATURE = 'x_3';

/** Prints of each question how many rows answer it, and the median of how long that takes. */
export async function ask(pool: Pool, url: string, models: number): Promise<void> {
  const model = models === 1 ? 'history' : 'model-2';
  const config = configuration(url, models);
  const page = { limit: 100, after: null };
  const ofWindow = async (): Promise<string> =>
    (await listWindows(pool, { model }, { limit: 1, after: null })).items[0]!.id;
  const day = { from: new Date(Date.now() - 86_400_000).toISOString() };
  const questions: Readonly<Record<string, () => Promise<number>>> = {
    'PSI of one feature, every window': async () =>
      (
        await pool.query(
          `select w.start_at, m.psi from "window" w join measurement m on m.window_id = w.id and m.series = 'closed' and m.segment = ''
             and m.subject = 'feature' and m.name = $2
           where w.model_version_id = (select v.id from model_version v join model m on m.id = v.model_id where m.name = $1)`,
          [model, FEATURE],
        )
      ).rowCount ?? 0,
    'a page of windows': async () => (await listWindows(pool, { model }, page)).items.length,
    'a page of one feature with details': async () =>
      (await listMeasurements(pool, { model, name: FEATURE, segment: '', details: true }, page)).items.length,
    'a day of one feature by segment': async () =>
      (
        await listMeasurements(
          pool,
          { model, name: FEATURE, ...day, details: false },
          { ...page, limit: MOST_ON_A_PAGE },
        )
      ).items.length,
    'a day of all features of a model (heat map)': async () => await heatMap(pool, { model, ...day }),
    'all measurements of a window': async () =>
      (
        await listMeasurements(
          pool,
          { windowId: await ofWindow(), details: false },
          { ...page, limit: MOST_ON_A_PAGE },
        )
      ).items.length,
    'a page of verdicts of one model': async () =>
      (await listVerdicts(pool, { model, superseded: false }, page)).items.length,
    'a page of verdicts of all': async () =>
      (await listVerdicts(pool, { superseded: false }, page)).items.length,
    'a page of windows of all': async () => (await listWindows(pool, {}, page)).items.length,
    'the newest windows and verdicts of all models': async () => (await overview(pool)).versions.length,
    'facts for /metrics/fleet': async () => (await pipelineFacts(pool)).windows.length,
    'shiftwatch status': async () => {
      const run = await promisify(execFile)('node', ['bin/shiftwatch.js', 'status', '-c', config.path], {
        maxBuffer: 100_000_000,
      });
      return run.stdout.split('\n').length;
    },
  };
  for (const [question, answer] of Object.entries(questions)) {
    const times: number[] = [];
    let rows = 0;
    for (let n = 0; n < TIMES; n += 1) {
      const began = performance.now();
      rows = await answer();
      times.push(performance.now() - began);
    }
    times.sort((a, b) => a - b);
    console.log(`${question}: ${rows} rows in ${times[Math.floor(TIMES / 2)]!.toFixed(0)} ms`);
  }
  config.remove();
}

async function heatMap(pool: Pool, of: { readonly model: string; readonly from: string }): Promise<number> {
  const filter = { ...of, segment: '', subject: 'feature', details: false } as const;
  let rows = 0;
  let page = await listMeasurements(pool, filter, { limit: MOST_ON_A_PAGE, after: null });
  for (;;) {
    rows += page.items.length;
    if (page.next === null) return rows;
    page = await listMeasurements(pool, filter, { limit: MOST_ON_A_PAGE, after: page.next });
  }
}

function configuration(url: string, models: number): { readonly path: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'shiftwatch-asked-'));
  const path = join(folder, 'shiftwatch.yaml');
  const names = Array.from({ length: models }, (_, n) => (n === 0 ? 'history' : `model-${n + 1}`));
  const listed = names.map((name) => `  - { name: ${name}, task: classification, windows: [{ size: 1h }] }`);
  writeFileSync(path, `database: "${url}"\nmodels:\n${listed.join('\n')}\n`);
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
