import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { noProgress } from '../../src/core/progress.ts';
import { compareFiles } from '../../src/files/compare/files.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/car-loan', import.meta.url));
const WEEK_MS = 7 * 86_400_000;

/** What docs/records/statistics.md says of the car loans: their authors moved them on 31 March 2019. */
test('the change of the car loans began on its day, suddenly', async () => {
  const { comparison } = await compareFiles(
    `${EXAMPLE}/reference.csv.gz`,
    `${EXAMPLE}/monitoring.csv.gz`,
    {
      read: { features: ['car_value', 'salary_range', 'driver_tenure'] },
      segments: [],
      groups: [],
      windowMs: WEEK_MS,
      season: null,
      preset: null,
      multivariate: false,
      threads: null,
    },
    noProgress,
  );
  const pattern = 'windows' in comparison ? comparison.time_pattern : undefined;
  expect(pattern).toMatchObject({ pattern: 'sudden', windows: 45 });
  expect(pattern?.parts.map(({ name }) => name).sort()).toEqual(['car_value', 'salary_range']);
  for (const part of pattern?.parts ?? []) {
    expect(part.pattern).toBe('sudden');
    const [from = '', to = ''] = part.interval ?? [];
    expect(from < '2019-04-01' && to >= '2019-03-31').toBe(true);
  }
});
