/** Ordinary life, in which much moves by itself: each window by the service and by `compare`. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { worldFiles } from '../../../src/cli/simulate/world-files.ts';
import { DAY_MS } from '../../../src/core/clock.ts';
import type { Fault } from '../../../src/core/faults.ts';
import { silentLog } from '../../../src/core/log.ts';
import { WORLDS } from '../../../src/simulate/worlds/all-worlds.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { bothAnswers, own } from './both-answers.ts';

describeWith(['postgres'], 'worlds of ordinary life, by the service and by files', () => {
  let pool: Pool;
  beforeAll(async () => {
    const { url } = await createDatabase('world_answers');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
  });
  afterAll(async () => await pool.end());

  test.each<[string, Fault | null]>([
    ['shop', null],
    ['claims', null],
    ['shop', 'clipped'],
  ])('%s, with %s', { timeout: 600_000 }, async (name, fault) => {
    const world = WORLDS.find((each) => each.name === name)!;
    const out = mkdtempSync(join(tmpdir(), 'shiftwatch-test-world-'));
    await worldFiles({ world: name, fault, request: null, seed: 12, out, format: 'csv' });
    const positiveClass = world.task === 'regression' ? null : world.classes[0]!;
    const model = modelSpec({
      name: `${name} ${fault}`,
      task: world.task,
      positiveClass,
      windows: [{ sizeMs: DAY_MS, graceMs: 0, acceptLateMs: 3_650 * DAY_MS }],
      labels: { horizonMs: 900 * DAY_MS, matureAfterMs: DAY_MS, minLabelled: 200 },
    });
    const { service, files } = await bothAnswers(
      pool,
      model,
      { training: join(out, 'reference.csv'), current: join(out, 'current.csv') },
      { task: world.task, ...(positiveClass !== null && { positiveClass }) },
    );
    expect(files.length).toBeGreaterThan(0);
    expect(service.map(own)).toEqual(files.map(own));
  });
});
