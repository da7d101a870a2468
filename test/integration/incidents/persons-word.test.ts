/** What people say of an incident: that it is closed, and that it was expected. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { messageContent } from '../../../src/act/message/message-content.ts';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import { expectChange, resolveByHand } from '../../../src/pipeline/incidents/close-incident.ts';
import { listAnnotations, removeAnnotation } from '../../../src/store/alerts/annotations.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { findAlert } from '../../../src/store/read-models/alerts.ts';
import { listVerdicts } from '../../../src/store/read-models/verdicts.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { AlertStory, CLEAN, CONCEPT, DRIFT, type Shown, START_MS } from '../alert-story.ts';

const ANN = { author: 'ann', comment: 'the spring sale', untilMs: null };
const UP: Shown = { ...DRIFT, way: 'up' };
const DOWN: Shown = { ...DRIFT, way: 'down' };
const BROKEN: Shown = { types: ['data_fault'], faults: [['unit_change', 'income']] };
const PAGE = { after: null, limit: 50 };

describeWith(['postgres'], 'what people say of an incident', () => {
  let pool: Pool;
  let stories = 0;
  beforeAll(async () => {
    const { url } = await createDatabase('persons_word');
    pool = createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
  });
  afterAll(async () => await pool.end());

  const begin = async (alerts: Parameters<typeof AlertStory.begin>[2] = {}): Promise<AlertStory> =>
    await AlertStory.begin(pool, `p${(stories += 1)}`, alerts);
  const resolve = async (story: AlertStory, id: string) =>
    await resolveByHand(pool, story.catalog, id, ANN, story.nowMs);
  const expected = async (story: AlertStory, id: string, untilMs: number | null = null) =>
    await expectChange(pool, story.catalog, id, { ...ANN, untilMs }, story.nowMs);
  const saysOf = async (windowId: string) =>
    (await listVerdicts(pool, { windowId, superseded: false }, PAGE)).items.map((row) => row.expected?.says);

  test('what was closed by hand and shows again is a new incident, which names the old one', async () => {
    const story = await begin();
    await story.hour(UP);
    const id = await story.alertId();
    expect(await resolve(story, id)).toMatchObject({
      ok: true,
      value: {
        state: 'resolved',
        closed: {
          by: 'ann',
          comment: 'the spring sale',
          until: new Date(story.nowMs).toISOString(),
          expected: false,
        },
      },
    });
    expect(await story.events()).toEqual(['firing: enough_windows', 'resolved_by_hand: by_person']);
    const over = (await story.told()).at(-1)!;
    expect(over).toMatchObject({ kind: 'resolved', decisionReason: 'resolved_by_hand', incidentId: id });
    const said = messageContent(over, { timeZone: 'UTC', publicUrl: null });
    expect(said.headline).toBe('Closed by ann: what shows since 1 Mar 00:00 is told again if it goes on.');
    expect(said.facts).toContainEqual(['Comment', 'the spring sale']);
    expect(said.advice).toBeNull();
    expect(await resolve(story, id)).toMatchObject({ ok: false, error: { reason: 'not_firing' } });

    await story.hour(UP);
    const again = await story.alertId();
    expect(again).not.toBe(id);
    expect(await findAlert(pool, again)).toMatchObject({ state: 'firing', follows: id });
    expect(await story.kinds()).toEqual(['firing', 'resolved', 'firing']);
    const news = (await story.told()).at(-1)!;
    expect(news).toMatchObject({ incidentId: again, follows: { id, by: 'ann' } });
    expect(messageContent(news, { timeZone: 'UTC', publicUrl: null }).facts).toContainEqual([
      'Again',
      `incident ${id}, which ann closed on 1 Mar 2026 01:00 UTC, shows again`,
    ]);
  });

  test('after a clean end, an incident of the same names none', async () => {
    const story = await begin();
    for (const shown of [UP, CLEAN, UP]) await story.hour(shown);
    expect(await findAlert(pool, await story.alertId())).toMatchObject({ state: 'firing', follows: null });
  });

  test('windows that end before it was closed do not open it again, another kind does', async () => {
    const story = await begin();
    const first = await story.hour(UP);
    const id = await story.alertId();
    story.nowMs = START_MS + 3 * HOUR_MS;
    await resolve(story, id);
    // Two hours come late.
    await story.hour(UP);
    await story.labels(first, UP);
    expect(await story.alertId()).toBe(id);
    await story.revise(first, DOWN);
    expect(await findAlert(pool, id)).toMatchObject({ state: 'resolved' });
    expect(await story.kinds()).toEqual(['firing', 'resolved']);
    await story.hour(BROKEN);
    expect(await story.told()).toMatchObject([{}, {}, { kind: 'firing', firedVerdict: 'data_fault' }]);
    await story.hour(UP);
    expect(await findAlert(pool, await story.alertId())).toMatchObject({ state: 'firing' });
  });

  test('labels of its time do not open again what somebody closed', async () => {
    const story = await begin();
    const first = await story.hour(CONCEPT);
    await story.hour(CLEAN);
    await story.hour(CONCEPT);
    const id = await story.alertId();
    await resolve(story, id);
    await story.labels(first, CONCEPT);
    expect(await story.alertId()).toBe(id);
    expect(await story.kinds()).toEqual(['firing', 'resolved', 'firing', 'resolved']);
  });

  test('in a log of the past its own time counts', async () => {
    const story = await begin();
    await story.hour(UP);
    const id = await story.alertId();
    story.nowMs = START_MS + 300 * DAY_MS;
    await resolve(story, id);
    expect(await findAlert(pool, id)).toMatchObject({
      closed: { until: new Date(START_MS + HOUR_MS).toISOString() },
    });
    await story.hour(UP);
    expect(await findAlert(pool, await story.alertId())).toMatchObject({ state: 'firing', follows: id });
  });

  test('what was expected is quiet from then on, and says why', async () => {
    const story = await begin();
    await story.hour(UP);
    const id = await story.alertId();
    expect(await expected(story, id)).toMatchObject({
      ok: true,
      value: { state: 'resolved', closed: { by: 'ann', expected: true } },
    });
    expect(await expected(story, id)).toMatchObject({ ok: false, error: { reason: 'not_firing' } });
    const [annotation, ...others] = (
      await listAnnotations(pool, { model: story.spec.name, removed: false }, PAGE)
    ).items;
    expect(others).toEqual([]);
    expect(annotation).toMatchObject({
      alert_id: id,
      kinds: ['covariate_shift'],
      moves: [{ subject: 'feature', name: 'age' }],
      from: new Date(START_MS).toISOString(),
      until: null,
      author: 'ann',
      comment: 'the spring sale',
    });
    const windows = [await story.hour(UP), await story.hour(UP)];
    for (const window of windows) {
      expect(await saysOf(window)).toEqual(['expected: the spring sale']);
      expect((await listVerdicts(pool, { windowId: window, superseded: false }, PAGE)).items).toMatchObject([
        { verdict: 'covariate_shift' },
      ]);
    }
    expect(await story.alertId()).toBe(id);
    expect(await story.events()).toEqual(['firing: enough_windows', 'expected: by_person']);
    expect(await story.kinds()).toEqual(['firing', 'resolved']);
    const said = messageContent((await story.told()).at(-1)!, { timeZone: 'UTC', publicUrl: null });
    expect(said.headline).toBe('Expected, says ann: what shows since 1 Mar 00:00 is told no more.');

    await removeAnnotation(pool, annotation!.id, 'bob', story.nowMs);
    const again = await story.hour(UP);
    expect(await saysOf(again)).toEqual([undefined]);
    expect(await findAlert(pool, await story.alertId())).toMatchObject({ state: 'firing', follows: id });
    expect(await story.kinds()).toEqual(['firing', 'resolved', 'firing']);
    expect((await listAnnotations(pool, { model: story.spec.name, removed: false }, PAGE)).items).toEqual([]);
  });

  test.each<[string, Shown]>([
    ['the other way', DOWN],
    ['another feature', { ...UP, moved: ['income'] }],
    ['another feature beside it', { ...UP, moved: ['age', 'income'] }],
    ['another kind', { ...UP, types: ['concept_drift'] }],
    [
      'another kind beside it',
      { ...UP, types: ['covariate_shift', 'data_fault'], faults: [['noise', 'income']] },
    ],
  ])('told though something like it was expected: %s', async (_what, shown) => {
    const story = await begin();
    await story.hour(UP);
    await expected(story, await story.alertId());
    await story.hour(UP);
    await story.hour(shown);
    expect(await story.kinds()).toEqual(['firing', 'resolved', 'firing']);
  });

  test('a fault may be expected, up to a date; another fault of the same feature is told', async () => {
    const story = await begin();
    await story.hour(BROKEN);
    await expected(story, await story.alertId(), START_MS + 3 * HOUR_MS);
    await story.hour(BROKEN);
    expect(await story.kinds()).toEqual(['firing', 'resolved']);
    await story.hour({ types: ['data_fault'], faults: [['constant_value', 'income']] });
    expect(await story.kinds()).toEqual(['firing', 'resolved', 'firing']);
    await resolve(story, await story.alertId());
    // The date has passed.
    await story.hour(BROKEN);
    expect(await story.kinds()).toEqual(['firing', 'resolved', 'firing', 'resolved', 'firing']);
  });

  test('what is expected is no part of an incident of something else, which ends as expected', async () => {
    const story = await begin();
    await story.hour(UP);
    await expected(story, await story.alertId());
    await story.hour({ ...UP, moved: ['age', 'income'] });
    await story.hour(UP);
    expect(await story.kinds()).toEqual(['firing', 'resolved', 'firing', 'resolved']);
    expect((await story.told()).at(-1)).toMatchObject({ decisionReason: 'expected' });
  });

  test('of all rows, it explains their segments, and of a segment only that one', async () => {
    const story = await begin();
    await story.hour(UP, { ...UP, segment: 'country=DE' });
    await expected(story, await story.alertId('country=DE'));
    await story.hour(UP, { ...UP, segment: 'country=DE' }, { ...UP, segment: 'country=FR' });
    expect((await story.told()).map(({ kind, segment }) => [kind, segment])).toEqual([
      ['firing', ''],
      ['firing', 'country=DE'],
      ['resolved', 'country=DE'],
      ['firing', 'country=FR'],
    ]);
    await expected(story, await story.alertId());
    await story.hour({ ...UP, segment: 'country=FR' });
    expect((await story.told()).at(-1)).toMatchObject({ kind: 'resolved', segment: 'country=FR' });
  });

  test('what is pending, unknown or over already is refused', async () => {
    const story = await begin({ forWindows: 2 });
    await story.hour(UP);
    const id = await story.alertId();
    for (const say of [resolve, expected])
      expect(await say(story, id)).toMatchObject({ ok: false, error: { reason: 'not_firing' } });
    expect(await resolve(story, '999999')).toMatchObject({ ok: false, error: { reason: 'unknown_alert' } });
  });

  test('an incident that is over may have been expected, too', async () => {
    const story = await begin();
    await story.hour(UP);
    await story.hour(CLEAN);
    const id = await story.alertId();
    expect(await expected(story, id)).toMatchObject({ ok: true, value: { state: 'resolved', closed: null } });
    await story.hour(UP);
    expect(await story.kinds()).toEqual(['firing', 'resolved']);
  });
});
