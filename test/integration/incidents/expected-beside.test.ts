/** What an expected change leaves to be told, and what it does not ask for. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { messageContent } from '../../../src/act/message/message-content.ts';
import { HOUR_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { ModelSpec } from '../../../src/core/model.ts';
import { expectChange } from '../../../src/pipeline/incidents/close-incident.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { createReadModels } from '../../../src/store/read-models.ts';
import { findAlert } from '../../../src/store/read-models/alerts.ts';
import { overview } from '../../../src/store/read-models/overview.ts';
import { listVerdicts } from '../../../src/store/read-models/verdicts.ts';
import { QUIET_RANK, standingOf } from '../../../src/words/standing.ts';
import { testApi } from '../../api/fakes.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { AlertStory, CLEAN, DRIFT, type Shown } from '../alert-story.ts';

const ANN = { author: 'ann', comment: 'the spring sale', untilMs: null };
const AGE: Shown = { ...DRIFT, way: 'up' };
const BOTH: Shown = { ...AGE, moved: ['age', 'income'] };
const BROKEN: Shown = { types: ['data_fault'], faults: [['unit_change', 'zip']] };
const SLOW: Shown = { types: [], breaches: ['latency_p95_ms'] };
const SILENT: Shown = { types: [], rows: 0 };
const RETRAINED: Partial<ModelSpec> = {
  labels: { horizonMs: HOUR_MS, matureAfterMs: HOUR_MS, minLabelled: 20 },
  retrain: {
    webhook: 'train',
    schedule: null,
    performance: { metric: 'accuracy', drop: 0.05 },
    drift: ['covariate_shift', 'label_shift', 'concept_drift'],
    cooldownMs: 1,
  },
};

describeWith(['postgres'], 'beside what was expected', () => {
  let pool: Pool;
  let stories = 0;
  beforeAll(async () => {
    const { url } = await createDatabase('expected_beside');
    pool = createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
  });
  afterAll(async () => await pool.end());

  const begin = async (
    alerts: Parameters<typeof AlertStory.begin>[2] = {},
    more: Partial<ModelSpec> = {},
  ): Promise<AlertStory> => await AlertStory.begin(pool, `b${(stories += 1)}`, alerts, more);
  /** The newest incident was expected. */
  const expected = async (story: AlertStory, segment = ''): Promise<string> => {
    const id = await story.alertId(segment);
    expect(await expectChange(pool, story.catalog, id, ANN, story.nowMs)).toMatchObject({ ok: true });
    return id;
  };
  const begun = async (...hours: readonly Shown[]): Promise<AlertStory> => {
    const story = await begin();
    await story.hour(AGE);
    await expected(story);
    for (const shown of hours) await story.hour(shown);
    return story;
  };
  const state = async (story: AlertStory, segment = ''): Promise<string | undefined> =>
    (await findAlert(pool, await story.alertId(segment)))?.state;
  const saysOf = async (windowId: string) =>
    (await listVerdicts(pool, { windowId, superseded: false }, { after: null, limit: 50 })).items.map(
      (row) => row.expected?.says,
    );
  const requests = async (story: AlertStory): Promise<number> =>
    (
      await pool.query(
        `select 1 from retrain_run r join model_version v on v.id = r.model_version_id
         join model m on m.id = v.model_id where m.name = $1`,
        [story.spec.name],
      )
    ).rows.length;

  test('an incident of something else goes on while that is all but there', async () => {
    const story = await begun(BOTH);
    expect(await state(story)).toBe('firing');
    await story.hour({ ...AGE, near: ['income'] });
    expect(await state(story)).toBe('firing');
    expect((await story.events()).at(-1)).toBe('not_counted: expected');
    expect(await story.kinds()).toEqual(['firing', 'resolved', 'firing']);
    // What it shows was expected all the same.
    await story.hour(AGE);
    expect(await state(story)).toBe('resolved');
  });

  test.each<[string, Shown]>([
    ['the relation', { types: ['concept_drift'] }],
    ['the labels', { types: ['label_shift'] }],
  ])('it says nothing of %s', async (_what, shown) => {
    const story = await begun(shown, AGE, AGE);
    expect(await state(story)).toBe('firing');
    await story.hour(CLEAN);
    expect(await state(story)).toBe('resolved');
    expect((await story.told()).at(-1)).toMatchObject({ decisionReason: 'enough_clean_windows' });
  });

  test('a fault that is gone is over, and what is told says that the rest was expected', async () => {
    const story = await begun(BROKEN, AGE);
    expect(await state(story)).toBe('resolved');
    const over = (await story.told()).at(-1)!;
    expect(over).toMatchObject({
      kind: 'resolved',
      decisionReason: 'expected',
      byHand: { by: 'ann', comment: 'the spring sale', isExpected: true },
    });
    const said = messageContent(over, { timeZone: 'UTC', publicUrl: null });
    expect(said.headline).toBe('Expected, says ann: what shows since 1 Mar 01:00 is told no more.');
    expect(said.facts).toContainEqual(['Expected', 'the spring sale']);
  });

  test('an open incident of the same in a segment ends as expected, not as over', async () => {
    const story = await begin();
    await story.hour(AGE, { ...AGE, segment: 'site=1' });
    await expected(story);
    await story.hour(AGE, { ...AGE, segment: 'site=1' });
    expect(await state(story, 'site=1')).toBe('resolved');
    expect((await story.told()).at(-1)).toMatchObject({
      segment: 'site=1',
      decisionReason: 'expected',
      byHand: { isExpected: true },
    });
  });

  test('judged again with the same, nobody hears that it is not over', async () => {
    const story = await begun(BOTH);
    const last = await story.hour(AGE);
    await story.revise(last, AGE);
    expect(await saysOf(last)).toEqual(['expected: the spring sale']);
    expect(await story.kinds()).toEqual(['firing', 'resolved', 'firing', 'resolved']);
  });

  test('the pages say what was expected, and do not call it a thing to look at', async () => {
    const story = await begun(AGE);
    const { versions } = await overview(pool);
    const version = versions.find(({ model }) => model === story.spec.name)!;
    expect(version.windows.at(-1)?.verdict).toMatchObject({
      verdict: 'covariate_shift',
      expected: 'expected: the spring sale',
    });
    expect(version.windows.at(0)?.verdict?.expected).toBeNull();
    expect(standingOf({ ...version, baseline: {} })).toMatchObject({
      word: 'shift expected',
      rank: QUIET_RANK,
    });
    const readModels = createReadModels(pool);
    const { app } = testApi({ readModels });
    expect((await app.inject('/plain')).body).toContain('Expected: the spring sale');
    const reply = await app.inject('/api/v1/fleet?limit=100');
    expect(reply.statusCode, reply.body).toBe(200);
    const { items } = reply.json<{
      items: { model: string; verdict: { expected: string | null } | null }[];
    }>();
    expect(items.find(({ model }) => model === story.spec.name)?.verdict?.expected).toBe(
      'expected: the spring sale',
    );
  });

  test('judged again with something else, it is called expected no more', async () => {
    const story = await begun();
    const window = await story.hour(AGE);
    expect(await saysOf(window)).toEqual(['expected: the spring sale']);
    await story.revise(window, BOTH);
    expect(await saysOf(window)).toEqual([undefined]);
  });

  test('limits of operation that were expected are quiet, other metrics are told', async () => {
    const story = await begin();
    await story.hour(SLOW);
    await expected(story);
    await story.hour(SLOW);
    expect(await story.kinds()).toEqual(['firing', 'resolved']);
    await story.hour({ types: [], breaches: ['latency_p95_ms', 'error_rate'] });
    expect(await story.kinds()).toEqual(['firing', 'resolved', 'firing']);
    await story.hour(SLOW);
    expect((await story.told()).at(-1)).toMatchObject({ kind: 'resolved', decisionReason: 'expected' });
  });

  test('silence that was expected is quiet, and what comes after it is told', async () => {
    const story = await begin({ noData: true });
    await story.hour(SILENT);
    await expected(story);
    await story.hour(SILENT);
    expect(await story.kinds()).toEqual(['firing', 'resolved']);
    await story.hour(AGE);
    expect(await story.kinds()).toEqual(['firing', 'resolved', 'firing']);
    expect((await story.told()).at(-1)).toMatchObject({ firedVerdict: 'covariate_shift' });
  });

  test('neither moved inputs nor what they cost ask for a retraining', async () => {
    const story = await begin({}, RETRAINED);
    const first = await story.hour(AGE);
    expect(await requests(story)).toBe(1);
    await pool.query(`update retrain_run set state = 'succeeded', closed_at = now()`);
    await story.labels(first, CLEAN);
    await expected(story);
    story.nowMs += HOUR_MS;
    for (const shown of [AGE, { ...AGE, lost: 0.2 }]) {
      const window = await story.hour(AGE);
      await story.labels(window, shown);
    }
    expect(await requests(story)).toBe(1);
    // What nobody expected still does.
    await story.labels(await story.hour(AGE), { types: ['concept_drift'], lost: 0.2 });
    expect(await requests(story)).toBe(2);
  });
});
