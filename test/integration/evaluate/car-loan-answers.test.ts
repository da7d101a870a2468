/** Real data with times and calendar of their own: each window by the service and by `compare`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { COLUMNS } from '../../../src/cli/demo/car-loan.ts';
import { DAY_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { fileWith } from '../../ingest/table/files.ts';
import { bothAnswers, own } from './both-answers.ts';

const ROOT = join(import.meta.dirname, '../../../examples/car-loan');
/** Fewer than twenty fit into the reference: the service knows no windows of it to allow for their spread. */
const SIZE_MS = 7 * DAY_MS;
/** The change is known to begin on 31 March 2019. */
const BEFORE_MS = Date.UTC(2019, 0, 10);
const AFTER_MS = Date.UTC(2019, 3, 20);

const MODEL = modelSpec({
  name: 'car-loan',
  task: 'classification',
  positiveClass: '1',
  windows: [{ sizeMs: SIZE_MS, graceMs: 0, acceptLateMs: 3_650 * DAY_MS }],
  labels: { horizonMs: 900 * DAY_MS, matureAfterMs: DAY_MS, minLabelled: 200 },
});
const READ = { columns: COLUMNS, task: 'classification', positiveClass: '1' } as const;

const startOf = (ms: number): number => Math.floor(ms / SIZE_MS) * SIZE_MS;

/** The lines of the two windows. */
function monitoring(): string {
  const [head = '', ...lines] = gunzipSync(readFileSync(join(ROOT, 'monitoring.csv.gz')))
    .toString()
    .trimEnd()
    .split('\n');
  const at = head.split(',').indexOf('timestamp');
  const wanted = new Set([BEFORE_MS, AFTER_MS].map(startOf));
  const own = lines.filter((line) => {
    // No cell of this file has a comma in it.
    const time = line.split(',')[at] ?? '';
    return wanted.has(startOf(Date.parse(`${time.replace(' ', 'T')}Z`)));
  });
  return fileWith('monitoring.csv', `${head}\n${own.join('\n')}\n`);
}

describeWith(['postgres'], 'car loans, by the service and by files', () => {
  let pool: Pool;
  beforeAll(async () => {
    const { url } = await createDatabase('car_loan_answers');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
  });
  afterAll(async () => await pool.end());

  test('before and after the change are one diagnosis each', { timeout: 600_000 }, async () => {
    const [training, current] = [join(ROOT, 'reference.csv.gz'), monitoring()];
    const { service, files } = await bothAnswers(pool, MODEL, { training, current }, READ);
    expect(files.map(({ diagnosis }) => diagnosis.verdict)).toEqual([
      'none',
      expect.stringMatching(/mixed|covariate_shift/),
    ]);
    expect(service.map(own)).toEqual(files.map(own));
  });
});
