/** Inputs and labels are two views of one incident: one thread, one verdict, one end. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { messageContent } from '../../../src/act/message/message-content.ts';
import { HOUR_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { findAlert, listAlerts } from '../../../src/store/read-models/alerts.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { AlertStory, CLEAN, CONCEPT, DRIFT, START_MS, type Shown } from '../alert-story.ts';

const BOTH: Shown = { types: ['covariate_shift', 'concept_drift'], moved: ['age'] };

describeWith(['postgres'], 'one event', () => {
  let pool: Pool;
  let models = 0;
  beforeAll(async () => {
    const { url } = await createDatabase('one_event');
    pool = createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
  });
  afterAll(async () => await pool.end());

  const begin = async (): Promise<AlertStory> =>
    await AlertStory.begin(pool, `model ${(models += 1)}`, { forWindows: 2 });
  const openOf = async (story: AlertStory) =>
    (await listAlerts(pool, { model: story.spec.name, open: true }, { after: null, limit: 10 })).items;
  const hours = async (story: AlertStory, ...shown: readonly Shown[]): Promise<string[]> => {
    const windows: string[] = [];
    for (const each of shown) windows.push(await story.hour(each));
    return windows;
  };

  test('what labels add is told in the thread of the inputs, and the end when both are over', async () => {
    const story = await begin();
    const [a, b, c, d, e] = await hours(story, DRIFT, DRIFT, DRIFT, CLEAN, DRIFT);
    await story.labels(a!, BOTH);
    expect(await openOf(story)).toMatchObject([{ state: 'pending' }, { state: 'firing' }]);
    await story.labels(b!, BOTH);
    const [one, ...others] = await openOf(story);
    expect(others).toEqual([]);
    expect(one).toMatchObject({
      state: 'firing',
      verdict: 'mixed',
      series: 'matured',
      views: [
        { series: 'closed', state: 'firing', verdict: 'covariate_shift' },
        { series: 'matured', state: 'firing', verdict: 'mixed' },
      ],
    });
    const told = await story.told();
    expect(told.map(({ kind, decisionReason, series }) => [kind, decisionReason, series])).toEqual([
      ['firing', 'enough_windows', 'closed'],
      ['firing', 'new_kind_confirmed', 'matured'],
    ]);
    expect(new Set(told.map(({ incidentId }) => incidentId)).size).toBe(1);
    expect(new Set(told.map(({ sinceMs }) => sinceMs))).toEqual(new Set([START_MS]));

    // The inputs are back, the labels of that time are not in: it stands.
    const [f, g] = await hours(story, CLEAN, CLEAN);
    expect(await story.kinds()).toEqual(['firing', 'firing']);
    expect(await openOf(story)).toMatchObject([{ state: 'firing', series: 'matured' }]);
    expect(await story.events('still_firing')).toContain('still_firing: other_view_stands');
    for (const window of [c!, d!, e!]) await story.labels(window, CONCEPT);
    for (const window of [f!, g!]) await story.labels(window, CLEAN);
    expect(await openOf(story)).toEqual([]);
    expect(await story.kinds()).toEqual(['firing', 'firing', 'resolved']);
    const over = (await story.told()).at(-1)!;
    expect(over).toMatchObject({ overByMs: START_MS + 5 * HOUR_MS });
    expect(messageContent(over, { timeZone: 'UTC', publicUrl: null }).headline).toBe(
      'Over: covariate shift and concept drift of age, from 1 Mar 00:00 to 1 Mar 05:00.',
    );
    expect(await findAlert(pool, one!.id)).toMatchObject({
      state: 'resolved',
      until: new Date(START_MS + 5 * HOUR_MS).toISOString(),
    });
  });

  test('labels that show what people have heard of tell nobody', async () => {
    const story = await begin();
    const windows = await hours(story, CONCEPT, CONCEPT);
    for (const window of windows) await story.labels(window, CONCEPT);
    expect(await story.kinds()).toEqual(['firing']);
    expect(await story.events('still_firing')).toEqual(['still_firing: views_agree']);
    // The other way round it is the same incident.
    const other = await begin();
    const [a, b, c] = await hours(other, CLEAN, CLEAN, CLEAN);
    for (const window of [a!, b!, c!]) await other.labels(window, CONCEPT);
    await hours(other, CONCEPT, CONCEPT);
    expect(await other.kinds()).toEqual(['firing']);
    expect(await openOf(other)).toMatchObject([{ views: [{ series: 'closed' }, { series: 'matured' }] }]);
  });

  test('labels that come when the inputs are as before belong to what was then, not to what is now', async () => {
    const story = await begin();
    const windows = await hours(story, DRIFT, DRIFT, CLEAN, CLEAN, CLEAN, CLEAN, DRIFT, DRIFT);
    expect(await story.kinds()).toEqual(['firing', 'resolved', 'firing']);
    const [first] = await story.told();
    for (const window of windows.slice(0, 2)) await story.labels(window, BOTH);
    expect((await story.told()).at(-1)).toMatchObject({
      kind: 'firing',
      incidentId: first?.incidentId,
      decisionReason: 'labels_show_more',
      series: 'matured',
    });
    expect(await openOf(story)).toHaveLength(2);
    for (const window of windows.slice(2, 4)) await story.labels(window, CLEAN);
    expect((await story.told()).at(-1)).toMatchObject({ kind: 'resolved', incidentId: first?.incidentId });
    expect(await openOf(story)).toHaveLength(1);
  });

  test('a shift that only labels show, long after the inputs were over, is an incident of its own', async () => {
    const story = await begin();
    const windows = await hours(story, DRIFT, DRIFT, CLEAN, CLEAN, CLEAN, CLEAN, CLEAN);
    for (const window of windows.slice(0, 5)) await story.labels(window, CLEAN);
    for (const window of windows.slice(5)) await story.labels(window, CONCEPT);
    const told = await story.told();
    expect(told.map(({ kind }) => kind)).toEqual(['firing', 'resolved', 'firing']);
    expect(new Set(told.map(({ incidentId }) => incidentId)).size).toBe(2);
  });

  test('a fault that only labels show is told, and one that inputs showed is not told again', async () => {
    const broken = (feature: string): Shown => ({
      types: ['data_fault'],
      faults: [[feature === 'label' ? 'labels_inverted' : 'unit_change', feature]],
    });
    const story = await begin();
    const windows = await hours(story, CLEAN, CLEAN, CLEAN, CLEAN);
    for (const window of windows.slice(0, 2)) await story.labels(window, broken('label'));
    const [told, ...more] = await story.told();
    expect(more).toEqual([]);
    expect(told).toMatchObject({ kind: 'firing', series: 'matured', firedVerdict: 'data_fault' });
    expect(messageContent(told!, { timeZone: 'UTC', publicUrl: null }).headline).toBe(
      'The pipeline broke label (labels inverted) since 1 Mar 00:00, 99 % sure: watch.',
    );
    for (const window of windows.slice(2)) await story.labels(window, CLEAN);
    expect(await story.kinds()).toEqual(['firing', 'resolved']);

    const other = await begin();
    const seen = await hours(other, broken('age'), broken('age'));
    for (const window of seen) await other.labels(window, broken('age'));
    expect(await other.kinds()).toEqual(['firing']);
  });

  test('inputs that move now are not of what labels show of last week', async () => {
    const story = await begin();
    const windows = await hours(story, ...Array.from({ length: 12 }, () => CLEAN));
    for (const window of windows.slice(0, 3)) await story.labels(window, CONCEPT);
    await hours(story, DRIFT, DRIFT);
    const told = await story.told();
    expect(told.map(({ kind, series }) => [kind, series])).toEqual([
      ['firing', 'matured'],
      ['firing', 'closed'],
    ]);
    expect(told[0]?.incidentId).not.toBe(told[1]?.incidentId);
    expect(await openOf(story)).toHaveLength(2);
  });

  test('a view whose windows turn out clean ends, and the incident goes on with the other', async () => {
    const story = await begin();
    const [a, b] = await hours(story, DRIFT, DRIFT);
    for (const window of [a!, b!]) await story.labels(window, BOTH);
    await story.reviseLabels(a!, CLEAN);
    await story.reviseLabels(b!, CLEAN);
    expect(await openOf(story)).toMatchObject([
      { state: 'firing', verdict: 'covariate_shift', series: 'closed' },
    ]);
    expect((await story.told()).at(-1)).toMatchObject({
      kind: 'corrected',
      decisionReason: 'told_shift_gone',
      correction: { told: 'mixed', incident: 'open' },
    });
    await story.revise(a!, CLEAN);
    await story.revise(b!, CLEAN);
    expect(await openOf(story)).toEqual([]);
    expect((await story.told()).at(-1)).toMatchObject({ correction: { incident: 'withdrawn' } });
  });

  test('what is held back is told once, as it stands', async () => {
    const story = await begin();
    const silence = await story.silence(100 * HOUR_MS, `model=${story.spec.name}`);
    const [a, b] = await hours(story, DRIFT, DRIFT);
    for (const window of [a!, b!]) await story.labels(window, BOTH);
    expect(await story.told()).toEqual([]);
    await story.expire(silence);
    await story.tick();
    expect(await story.told()).toMatchObject([{ kind: 'firing', diagnosis: { verdict: 'mixed' } }]);
  });
});
