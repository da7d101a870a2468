/** What evaluating a window costs, and how it grows: `npm run bench:evaluate -- --help`. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { HOUR_MS, MINUTE_MS } from '../../src/core/clock.ts';
import { silentLog } from '../../src/core/log.ts';
import type { EvaluationInput, EvaluationOutput } from '../../src/pipeline/evaluate/evaluate-window.ts';
import { startEvaluationThreads } from '../../src/pipeline/evaluate/evaluation-threads.ts';
import { sweepLabels } from '../../src/pipeline/labels/label-joiner.ts';
import { ModelCatalog } from '../../src/pipeline/windows/model-catalog.ts';
import { migrate } from '../../src/store/connection/migrate.ts';
import { createPool } from '../../src/store/connection/pool.ts';
import { startEmbeddedPostgres } from '../../src/store/embedded/start.ts';
import { evaluateDue } from '../../test/harness/evaluate-due.ts';
import { createDatabaseOn } from './database-on.ts';
import { START_MS, historyModel, type Shape } from '../history/fill.ts';
import { serverCpuSeconds } from '../ingest/process-use.ts';
import { type Cost, growth } from './growth.ts';

const { values: flags } = parseArgs({
  options: {
    features: { type: 'string', default: '10,20,100,500' },
    segments: { type: 'string', default: '1,10,100' },
    windows: { type: 'string', default: '12' },
    rows: { type: 'string', default: '2000' },
    help: { type: 'boolean', default: false },
  },
});

/** Until the engine has compiled what it runs, and there are windows before the one that is judged. */
const FIRST = 3;
const FEATURES_BESIDE_SEGMENTS = 20;
const FILL_FILE = fileURLToPath(new URL('fill-all.ts', import.meta.url));

const HELP = `node bench/evaluate/main.ts [--features 10,20,100,500] [--segments 1,10,100] [--windows 12] [--rows 2000]

Stores windows of one model as the service does, in an embedded PostgreSQL, and then judges them: as closed, and as
matured where that comes apart. Every number of features with the fewest segments, every number of segments with 20 features.
The first ${FIRST} evaluations are not counted. One window is judged at a time, in a thread, as by the service.
`;

if (flags.help) process.stdout.write(HELP);
else await measureAll();
process.exit();

async function measureAll(): Promise<void> {
  const [features, segments] = [flags.features, flags.segments].map((list) =>
    list.split(',').map(Number),
  ) as [number[], number[]];
  const [fewest = 1, ...more] = segments;
  const shapes = [
    ...features.map((each) => ({ features: each, segments: fewest })),
    ...more.map((each) => ({ features: FEATURES_BESIDE_SEGMENTS, segments: each })),
  ];
  const folder = mkdtempSync(join(tmpdir(), 'shiftwatch-evaluate-'));
  const postgres = await startEmbeddedPostgres({ directory: join(folder, 'postgres'), log: silentLog });
  const costs: Cost[] = [];
  const load = loadavg()[0] ?? 0;
  try {
    for (const [i, each] of shapes.entries()) {
      const shape = { ...each, rows: Number(flags.rows), windows: Number(flags.windows) };
      process.stderr.write(`${shape.features} features, ${shape.segments} segments …\n`);
      const url = await createDatabaseOn(postgres.url, `evaluate_${i}`);
      costs.push(await measure(url, postgres.pid, shape));
    }
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  report(costs, load);
}

/**
 * Windows are filled first and judged afterwards, one behind the other, so that the thread has compiled what it runs. A process of its own fills
 * them: threads that evaluate forget what they have made once their process holds 400 MB, and a service does not hold what filling leaves behind.
 */
async function measure(url: string, serverPid: number, shape: Shape): Promise<Cost> {
  await migrate({ connectionString: url, log: silentLog });
  execFileSync(process.execPath, [...process.execArgv, FILL_FILE, url, JSON.stringify(shape)], {
    stdio: 'inherit',
  });
  const pool = createPool({ connectionString: url, max: 6, applicationName: 'evaluate', log: silentLog });
  const threads = startEvaluationThreads(1, silentLog);
  const now = () => ({
    wallMs: performance.now(),
    own: process.cpuUsage(),
    server: serverCpuSeconds(serverPid),
  });
  let judged = 0;
  let from = now();
  const compute = async (input: EvaluationInput): Promise<EvaluationOutput> => {
    if (judged === FIRST) from = now();
    judged += 1;
    return await threads.compute(input);
  };
  const line = { pool, catalog: await ModelCatalog.open(pool, [historyModel()]) };
  // Labels find their predictions first: that is no evaluating.
  await sweepLabels({ ...line, reevaluateAfterMs: 0, log: silentLog });
  await evaluateDue({ ...line, compute }, START_MS + (shape.windows + 1) * HOUR_MS + MINUTE_MS);
  const to = now();
  await threads.close();
  await pool.end();
  const evaluations = judged - FIRST;
  const { user, system } = process.cpuUsage(from.own);
  return {
    ...shape,
    wallMs: (to.wallMs - from.wallMs) / evaluations,
    ownMs: (user + system) / 1_000 / evaluations,
    serverMs: ((to.server - from.server) * 1_000) / evaluations,
  };
}

function report(costs: readonly Cost[], load: number): void {
  const cells = (values: readonly (string | number)[]): string => `| ${values.join(' | ')} |`;
  const lines = costs.map(({ features, segments, wallMs, ownMs, serverMs }) => {
    const perSecond = (1_000 / wallMs) * features * segments;
    return cells([
      features,
      segments,
      (1_000 / wallMs).toFixed(1),
      Math.round(perSecond),
      ownMs.toFixed(0),
      serverMs.toFixed(0),
      ((ownMs * 1_000) / (features * segments)).toFixed(0),
    ]);
  });
  process.stdout.write(
    `${flags.rows} rows a window, ${flags.windows} windows; ${cpus()[0]?.model ?? 'unknown processor'} × ${cpus().length}, ` +
      `Node ${process.version}, load ${load.toFixed(1)} at the start\n\n` +
      `${cells(['features', 'segments', 'evaluations/s', 'times segments × features', 'CPU ms an evaluation', 'of PostgreSQL', 'CPU µs a feature and segment'])}\n` +
      `|--:|--:|--:|--:|--:|--:|--:|\n${lines.join('\n')}\n\n`,
  );
  for (const by of ['features', 'segments'] as const) {
    for (const { from, to, exponent } of growth(costs, by)) {
      process.stdout.write(`from ${from} to ${to} ${by}: cost grows with the power ${exponent.toFixed(2)}\n`);
    }
  }
}
