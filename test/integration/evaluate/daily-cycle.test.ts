/** What the hours of a day do by themselves is learned with the baseline as `compare` learns it of its reference. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { hourlyCsv } from '../../files/hourly-csv.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { fileWith } from '../../ingest/table/files.ts';
import { bothAnswers, own } from './both-answers.ts';

const MODEL = modelSpec({
  name: 'hourly',
  task: 'classification',
  positiveClass: '1',
  windows: [{ sizeMs: HOUR_MS, graceMs: 0, acceptLateMs: 3_650 * DAY_MS }],
  labels: { horizonMs: 900 * DAY_MS, matureAfterMs: HOUR_MS, minLabelled: 200 },
});

describeWith(['postgres'], 'the hours of a day, by the service and by files', () => {
  let pool: Pool;
  beforeAll(async () => {
    const { url } = await createDatabase('daily_cycle');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
  });
  afterAll(async () => await pool.end());

  test(
    'are no shift, nights that are like days are one, and explained where that is known',
    { timeout: 600_000 },
    async () => {
      const training = fileWith('training.csv', hourlyCsv(1, { days: 12 }));
      const current = fileWith('current.csv', hourlyCsv(3, { days: 1, fromDay: 10, exchanged: [2, 3] }));
      const read = { task: 'classification', positiveClass: '1' } as const;
      const night = {
        name: 'Long night',
        days: null,
        dates: [{ from: { year: null, month: 1, day: 14 }, to: { year: null, month: 1, day: 14 } }],
        hours: { fromMinute: 22 * 60, toMinute: 4 * 60 },
        timeZone: 'UTC',
        explains: true,
      };
      const model = { ...MODEL, name: 'long-night', calendar: [night] };
      const { service, files } = await bothAnswers(pool, model, { training, current }, read);
      expect(service.map(({ diagnosis: { verdict } }) => verdict)).toEqual(
        Array.from({ length: 24 }, () => 'none'),
      );
      expect(
        service.flatMap(({ diagnosis: { known_event: known } }, hour) => (known ? [[hour, known]] : [])),
      ).toEqual([
        [0, { names: ['Long night'], expected: true, explains: null }],
        [1, { names: ['Long night'], expected: true, explains: null }],
        [
          2,
          {
            names: ['Long night'],
            expected: true,
            explains: expect.objectContaining({ verdict: 'covariate_shift' }),
          },
        ],
        [
          3,
          {
            names: ['Long night'],
            expected: true,
            explains: expect.objectContaining({ verdict: 'covariate_shift' }),
          },
        ],
      ]);
      expect(service[2]?.diagnosis.summary).toMatch(/^As expected during Long night: the inputs moved: /);
      expect(service.map(own)).toEqual(files.map(own));
      const success = [service, files].map((answers) =>
        answers.map(({ performance }) => [performance?.cycle, performance?.metrics['f1']?.reference]),
      );
      expect(success[0]).toEqual(success[1]);
      expect(success[0]?.[3]?.[0]).toMatchObject({ by: 'hour_of_day' });
    },
  );
});
