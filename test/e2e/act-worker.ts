/** The role act alone, as the service starts it, but impatient: what takes minutes there takes seconds here. */
import { loadConfig } from '../../src/config/load.ts';
import { systemClock } from '../../src/core/clock.ts';
import { silentLog } from '../../src/core/log.ts';
import { ModelCatalog } from '../../src/pipeline/windows/model-catalog.ts';
import { startAct } from '../../src/pipeline/serve/start-act.ts';
import { startQueue } from '../../src/pipeline/serve/start-queue.ts';
import { createPool } from '../../src/store/connection/pool.ts';

const loaded = await loadConfig('shiftwatch.yaml', process.env);
if (!loaded.ok || loaded.value.databaseUrl === null) throw new Error('no usable configuration');
const { value: config } = loaded;
const databaseUrl = loaded.value.databaseUrl;
const log = { ...silentLog, error: (fields: object) => console.log(JSON.stringify(fields)) };
const pool = createPool({ connectionString: databaseUrl, max: 8, applicationName: 'act worker', log });
const catalog = await ModelCatalog.open(pool, config.models);
const { queue, stop } = await startQueue({
  config: config.queue,
  databaseUrl,
  pool,
  clock: systemClock,
  log,
  timing: { lockMs: 4_000, stalledCheckMs: 1_000, overdueMs: 4_000 },
});
const act = await startAct({
  config,
  pool,
  catalog,
  queue,
  clock: systemClock,
  log,
  timing: { leaseMs: 6_000 },
});
process.once('SIGTERM', () => {
  void (async () => {
    await stop(3_000);
    await act.stop();
    await pool.end();
  })();
});
console.log('working');
