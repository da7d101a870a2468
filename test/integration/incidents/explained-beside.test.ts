/** Windows that a known event or a season explains, in an open incident. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { findAlert } from '../../../src/store/read-models/alerts.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { AlertStory, CLEAN, CONCEPT, DRIFT, type Shown } from '../alert-story.ts';

const AGE: Shown = { ...DRIFT, way: 'up' };
const INCOME: Shown = { ...AGE, moved: ['income'] };
const BROKEN: Shown = { types: ['data_fault'], faults: [['unit_change', 'zip']] };
const during = (shown: Shown): Shown => ({ ...shown, explainedBy: 'known_event' });
const inSeason = (shown: Shown): Shown => ({ ...shown, explainedBy: 'seasonal' });

describeWith(['postgres'], 'what is explained, beside an open incident', () => {
  let pool: Pool;
  let stories = 0;
  beforeAll(async () => {
    const { url } = await createDatabase('explained_beside');
    pool = createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
  });
  afterAll(async () => await pool.end());

  const told = async (...hours: readonly Shown[]): Promise<AlertStory> => {
    const story = await AlertStory.begin(pool, `x${(stories += 1)}`);
    for (const shown of hours) await story.hour(shown);
    return story;
  };
  const state = async (story: AlertStory): Promise<string | undefined> =>
    (await findAlert(pool, await story.alertId()))?.state;

  test.each([
    ['the same feature', AGE, AGE],
    ['another feature', AGE, INCOME],
    ['the relation', CONCEPT, AGE],
    ['a fault', BROKEN, AGE],
  ])('an event neither begins an incident nor ends one of %s', async (_what, incident, shown) => {
    const story = await told(during(shown), incident, during(shown), during(shown));
    expect(await story.events('pending', 'firing', 'not_counted', 'recovering', 'resolved')).toEqual([
      'firing: enough_windows',
      'not_counted: known_event',
      'not_counted: known_event',
    ]);
    // What shows that it is over still ends it.
    await story.hour(CLEAN);
    expect(await state(story)).toBe('resolved');
  });

  test('what came back is seen in the first window after an event', async () => {
    const story = await told(AGE, during(AGE), during(AGE), { ...CLEAN, back: ['age'] });
    expect((await story.events()).at(-1)).toBe('resolved: enough_clean_windows');
  });

  test('a season ends what it explains', async () => {
    const story = await told(inSeason(AGE), AGE, inSeason(AGE));
    expect(await story.kinds()).toEqual(['firing', 'resolved']);
  });

  test('a season says nothing of a feature that it does not explain and that is all but there', async () => {
    const story = await told(AGE, inSeason({ ...INCOME, near: ['age'] }));
    expect((await story.events()).at(-1)).toBe('not_counted: between_thresholds');
    await story.hour(inSeason(INCOME));
    expect(await state(story)).toBe('resolved');
  });

  test.each(['known_event', 'seasonal'] as const)(
    'labels that say nothing of the relation do not end its incident (%s)',
    async (explainedBy) => {
      const story = await told();
      const relation: Shown = { ...CONCEPT, lost: 0.2, relation: 1e-9 };
      const first = await story.hour(CLEAN);
      await story.labels(first, relation);
      expect(await story.kinds()).toEqual(['firing']);
      // The relation is tested, and all but moved.
      await story.labels(await story.hour({ ...AGE, explainedBy }), { ...AGE, explainedBy, relation: 0.01 });
      expect(await state(story)).toBe('firing');
      await story.labels(await story.hour(CLEAN), { ...CLEAN, lost: 0, relation: 0.9 });
      await story.labels(await story.hour(CLEAN), { ...CLEAN, lost: 0, relation: 0.9 });
      expect(await state(story)).toBe('resolved');
    },
  );
});
