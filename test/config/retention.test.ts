import { expect, it } from 'vitest';
import { DAY_MS } from '../../src/core/clock.ts';
import { configOf } from './example.ts';

const MODEL = 'name: m, task: regression';
const days = (of: object) =>
  Object.fromEntries(Object.entries(of).map(([key, ms]) => [key.replace(/Ms$/v, ''), Number(ms) / DAY_MS]));

it('a duration alone is of predictions, and what is not said has its default', async () => {
  const { history } = await configOf(`retention: 45d\nmodels: [{ ${MODEL} }]`);
  expect(days(history.retention)).toEqual({
    predictions: 45,
    comparisons: 30,
    counts: 90,
    days: 400,
    weeks: 0,
    windows: 400,
    incidents: 1_095,
    messages: 90,
    deadLetters: 30,
    batches: 7,
    audit: 400,
  });
});

it('defaults last as long as what needs them', async () => {
  const { history } = await configOf(
    `models: [{ ${MODEL}, labels: { horizon: 500d } }, { name: n, task: regression, seasonal: previous_year }]`,
  );
  expect(history.retention.predictionsMs).toBe(500 * DAY_MS);
  const [labels, season] = history.models.map(({ retention }) => days(retention));
  expect(labels).toMatchObject({ counts: 500 + 1 / 24, windows: 500 + 1 / 24, comparisons: 30 });
  expect(season!['counts']).toBeGreaterThan(366);
});

it('a model’s own go before those of all', async () => {
  const { history } = await configOf(
    `retention: { windows: 100d, counts: 60d, predictions: 45d, days: 500d }\nmodels: [{ ${MODEL}, retention: { windows: 80d, comparisons: 7d, predictions: 30d, weeks: 900d } }, { name: n, task: regression }]`,
  );
  expect(history.models.map(({ model, retention }) => [model, days(retention)])).toEqual([
    ['m', { predictions: 30, windows: 80, counts: 60, comparisons: 7, days: 500, weeks: 900 }],
    ['n', { predictions: 45, windows: 100, counts: 60, comparisons: 30, days: 500, weeks: 0 }],
  ]);
});

it('counts go with their windows where only these are said to', async () => {
  const { history } = await configOf(`retention: { windows: 60d }\nmodels: [{ ${MODEL} }]`);
  expect(days(history.retention)).toMatchObject({ windows: 60, counts: 60, comparisons: 30 });
});

it('days last as long as counts do, and weeks are off where they are not said', async () => {
  const { history } = await configOf(
    `retention: { weeks: 5000d }\nmodels: [{ ${MODEL}, labels: { horizon: 500d } }, { name: n, task: regression, retention: { weeks: off } }]`,
  );
  expect(history.models.map(({ retention }) => days(retention))).toMatchObject([
    { days: 500 + 1 / 24, weeks: 5_000 },
    { days: 400, weeks: 0 },
  ]);
  expect(history.models[1]!.retention.weeksMs).toBeNull();
});
