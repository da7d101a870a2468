import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import {
  acknowledgeAlert,
  snoozeAlert,
  unacknowledgeAlert,
  unsnoozeAlert,
} from '../../../src/pipeline/messages/attend-alerts.ts';
import { currentHolds, previewSilence } from '../../../src/pipeline/messages/current-holds.ts';
import { releaseHeld } from '../../../src/pipeline/messages/release-held.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { findAlert } from '../../../src/store/read-models/alerts.ts';
import { listSilences } from '../../../src/store/alerts/silences.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { AlertStory, CLEAN, CONCEPT, DRIFT, START_MS } from '../alert-story.ts';

const ANN = { author: 'ann', comment: 'on it', untilMs: null };

describeWith(['postgres'], 'messages that are held back', () => {
  let pool: Pool;
  let stories = 0;
  beforeAll(async () => {
    const { url } = await createDatabase('holding');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
  });
  afterAll(async () => await pool.end());

  const begin = async (alerts: Parameters<typeof AlertStory.begin>[2] = {}): Promise<AlertStory> =>
    await AlertStory.begin(pool, `m${(stories += 1)}`, alerts);

  test('nothing is told while silenced; what still fires when the silence ends is told then, once', async () => {
    const story = await begin();
    const silence = await story.silence(DAY_MS, `model=${story.spec.name}`);
    await story.hour(DRIFT);
    await story.hour(DRIFT);
    await story.tick();
    expect(await story.kinds()).toEqual([]);
    expect(await story.owed()).toEqual(['firing: silenced']);
    expect(await story.events('held')).toEqual(['held: silenced']);
    expect(await findAlert(pool, await story.alertId())).toMatchObject({
      state: 'firing',
      last_notified_at: null,
      held: { message: 'firing', reason: 'silenced', by: `silence ${silence} by ann` },
    });

    await story.hour(CONCEPT);
    expect(await story.events('held')).toEqual(['held: silenced', 'held: silenced']);
    await story.expire(silence);
    // However many look at once.
    const told = await Promise.all(
      [1, 2, 3].map(async () => await releaseHeld(pool, story.catalog, silentLog, story.nowMs)),
    );
    expect(told.reduce((sum, count) => sum + count)).toBe(1);
    await story.tick();
    expect(await story.told()).toMatchObject([
      {
        kind: 'firing',
        decisionReason: 'silence_ended',
        diagnosis: { verdict: 'concept_drift' },
        nextReminderAtMs: story.nowMs + DAY_MS,
      },
    ]);
    expect(await story.events('told')).toEqual(['told: silence_ended']);
    expect(await story.owed()).toEqual([]);
    await story.hour(CLEAN);
    expect(await story.kinds()).toEqual(['firing', 'resolved']);
  });

  test('a silence that runs out does the same as one that is ended', async () => {
    const story = await begin();
    await story.silence(3 * HOUR_MS, `model=${story.spec.name}`);
    await story.hour(DRIFT);
    await story.tick(3 * HOUR_MS - 2 * MINUTE_MS - HOUR_MS);
    expect(await story.kinds()).toEqual([]);
    await story.tick(2 * MINUTE_MS);
    expect(await story.kinds()).toEqual(['firing']);
    const { items } = await listSilences(pool, { state: 'expired' }, story.nowMs, { limit: 1, after: null });
    expect(items).toMatchObject([{ state: 'expired', expired_at: null }]);
  });

  test('what began and ended in a silence is told to nobody', async () => {
    const story = await begin();
    const silence = await story.silence(DAY_MS, `model=${story.spec.name}`);
    await story.hour(DRIFT);
    await story.hour(CLEAN);
    await story.expire(silence);
    await story.tick();
    expect(await story.kinds()).toEqual([]);
    expect(await story.owed()).toEqual([]);
    expect(await story.events('not_told')).toEqual(['not_told: nobody_heard']);
  });

  test('who heard the beginning hears the end, after the silence', async () => {
    const story = await begin();
    await story.hour(DRIFT);
    const silence = await story.silence(DAY_MS, `model=${story.spec.name}`);
    await story.hour(CLEAN);
    await story.tick();
    expect(await story.kinds()).toEqual(['firing']);
    await story.expire(silence);
    await story.tick();
    await story.tick();
    expect(await story.told()).toMatchObject([
      { kind: 'firing' },
      { kind: 'resolved', decisionReason: 'enough_clean_windows' },
    ]);
  });

  test('a silenced feature is left out of what is told, and named', async () => {
    const story = await begin({ channels: ['mail', 'hook'] });
    await story.silence(DAY_MS, `model=${story.spec.name}`, 'feature=~age|zip');
    await story.hour({ types: ['covariate_shift'], moved: ['age', 'income'] });
    const told = await story.told();
    expect(told).toHaveLength(2);
    for (const { features, muted } of told) {
      expect(features.map(({ name }) => name)).toEqual(['income']);
      expect(muted).toMatchObject([{ feature: 'age', reason: 'silenced' }]);
    }
    const quiet = await begin();
    await quiet.silence(DAY_MS, `model=${quiet.spec.name}`, 'feature=~age|zip');
    await quiet.hour({ types: ['covariate_shift'], moved: ['age'] });
    expect(await quiet.kinds()).toEqual([]);
    // Another feature joins: the incident is not only about what is silenced any more.
    await quiet.hour({ types: ['covariate_shift'], moved: ['age', 'income'] });
    await quiet.tick();
    expect(await quiet.told()).toMatchObject([{ kind: 'firing', muted: [{ feature: 'age' }] }]);
  });

  test('an acknowledged incident sends no reminders, but its end', async () => {
    const story = await begin();
    await story.hour(DRIFT);
    const id = await story.alertId();
    expect(await acknowledgeAlert(pool, id, ANN, story.nowMs)).toMatchObject({
      ok: true,
      value: { acknowledged: { by: 'ann', comment: 'on it', until: null } },
    });
    await story.tick(DAY_MS + 5 * MINUTE_MS);
    await story.tick(DAY_MS + 5 * MINUTE_MS);
    expect(await story.kinds()).toEqual(['firing']);
    expect(await story.events('acknowledged', 'held')).toEqual([
      'acknowledged: by_person',
      'held: acknowledged',
      'held: acknowledged',
    ]);
    await story.hour(CLEAN);
    expect(await story.kinds()).toEqual(['firing', 'resolved']);
    await story.tick();
    expect(await story.events('not_told')).toEqual([]);
    expect(await story.owed()).toEqual([]);
  });

  test('a new kind of shift ends an acknowledgement', async () => {
    const story = await begin();
    await story.hour(DRIFT);
    const id = await story.alertId();
    await acknowledgeAlert(pool, id, ANN, story.nowMs);
    await story.hour(CONCEPT);
    expect(await story.kinds()).toEqual(['firing', 'firing']);
    expect(await story.events('unacknowledged')).toEqual(['unacknowledged: new_kind_of_shift']);
    expect(await findAlert(pool, id)).toMatchObject({ acknowledged: null });
    await story.tick(DAY_MS + 5 * MINUTE_MS);
    expect(await story.kinds()).toEqual(['firing', 'firing', 'reminder']);
  });

  test('taken back, an acknowledgement lets out the reminder that was due', async () => {
    const story = await begin();
    await story.hour(DRIFT);
    const id = await story.alertId();
    await acknowledgeAlert(pool, id, { ...ANN, untilMs: story.nowMs + 3 * DAY_MS }, story.nowMs);
    await story.tick(DAY_MS + 5 * MINUTE_MS);
    expect(await story.owed()).toEqual(['reminder: acknowledged']);
    await unacknowledgeAlert(pool, id, story.nowMs);
    await story.tick();
    await story.tick();
    expect(await story.told()).toMatchObject([
      { kind: 'firing' },
      { kind: 'reminder', decisionReason: 'acknowledgement_ended' },
    ]);
    expect(await unacknowledgeAlert(pool, id, story.nowMs)).toMatchObject({ ok: true });
    expect(await story.events('unacknowledged')).toHaveLength(1);
  });

  test('a snoozed incident comes back when it was asked to', async () => {
    const story = await begin();
    await story.hour(DRIFT);
    const id = await story.alertId();
    const untilMs = story.nowMs + 8 * HOUR_MS;
    await acknowledgeAlert(pool, id, ANN, story.nowMs);
    await snoozeAlert(pool, id, { ...ANN, untilMs }, story.nowMs);
    await story.hour(CONCEPT);
    await story.tick(untilMs - MINUTE_MS - story.nowMs);
    expect(await story.kinds()).toEqual(['firing']);
    await story.tick(MINUTE_MS);
    await story.tick();
    expect(await story.told()).toMatchObject([
      { kind: 'firing' },
      { kind: 'firing', decisionReason: 'snooze_ended', diagnosis: { verdict: 'concept_drift' } },
    ]);
  });

  test('a snooze that hid nothing is a reminder, and ended by hand one at once', async () => {
    const story = await begin();
    await story.hour(DRIFT);
    const id = await story.alertId();
    await snoozeAlert(pool, id, { ...ANN, untilMs: story.nowMs + DAY_MS / 2 }, story.nowMs);
    await story.tick(HOUR_MS);
    expect(await story.kinds()).toEqual(['firing']);
    await unsnoozeAlert(pool, id, story.nowMs);
    await story.tick();
    expect(await story.told()).toMatchObject([
      { kind: 'firing' },
      { kind: 'reminder', decisionReason: 'snooze_ended' },
    ]);
  });

  test('a snoozed incident that ends says so at once', async () => {
    const story = await begin();
    await story.hour(DRIFT);
    await snoozeAlert(pool, await story.alertId(), { ...ANN, untilMs: story.nowMs + DAY_MS }, story.nowMs);
    await story.hour(CLEAN);
    await story.tick(2 * DAY_MS);
    expect(await story.kinds()).toEqual(['firing', 'resolved']);
    expect(await story.owed()).toEqual([]);
  });

  test('what is not firing can be neither acknowledged nor snoozed', async () => {
    const story = await begin({ forWindows: 2 });
    await story.hour(DRIFT);
    const pending = await story.alertId();
    expect(await acknowledgeAlert(pool, pending, ANN, story.nowMs)).toMatchObject({
      error: { reason: 'not_firing', detail: `Alert ${pending} has not fired yet: nothing is sent for it.` },
    });
    await story.hour(CLEAN);
    expect(await snoozeAlert(pool, pending, { ...ANN, untilMs: 1 }, story.nowMs)).toMatchObject({
      error: { reason: 'not_firing', detail: `Alert ${pending} is over: nothing is sent for it.` },
    });
    expect(await acknowledgeAlert(pool, '999999', ANN, story.nowMs)).toMatchObject({
      error: { reason: 'unknown_alert' },
    });
  });

  test('a muted night is told in the morning', async () => {
    const nights = {
      name: 'nights',
      days: null,
      dates: null,
      hours: { fromMinute: 0, toMinute: 8 * 60 },
      timeZone: 'UTC',
    };
    const story = await begin({ mute: [nights] });
    await story.hour(DRIFT);
    expect(await story.owed()).toEqual(['firing: muted_by_schedule']);
    await story.tick(START_MS + 8 * HOUR_MS - 1 - story.nowMs);
    expect(await story.kinds()).toEqual([]);
    await story.tick(1);
    expect(await story.told()).toMatchObject([{ kind: 'firing', decisionReason: 'mute_ended' }]);
  });

  test('a fault of a feature holds its drift in segments, until it is over', async () => {
    const story = await begin();
    const fault = { types: ['data_fault'], faults: [['unit_change', 'income']] } as const;
    const german = { types: ['covariate_shift'], moved: ['income'], segment: 'country=DE' } as const;
    const french = { types: ['covariate_shift'], moved: ['age', 'income'], segment: 'country=FR' } as const;
    await story.hour(fault, german, french);
    expect((await story.told()).map(({ segment, diagnosis }) => [segment, diagnosis.verdict])).toEqual([
      ['', 'data_fault'],
      ['country=FR', 'covariate_shift'],
    ]);
    const [, told] = await story.told();
    expect(told?.features.map(({ name }) => name)).toEqual(['age']);
    expect(told?.muted).toEqual([
      {
        feature: 'income',
        reason: 'inhibited_by_data_fault',
        by: `incident ${await story.alertId()}`,
      },
    ]);
    expect(await story.owed()).toEqual(['firing: inhibited_by_data_fault']);
    await story.tick();
    // Mended, and the drift is still there: now it is news.
    await story.hour(CLEAN, german);
    await story.tick();
    await story.tick();
    expect((await story.told()).slice(2)).toMatchObject([
      { kind: 'resolved', segment: '' },
      { kind: 'firing', segment: 'country=DE', decisionReason: 'inhibition_ended' },
    ]);
  });

  test('while no data comes, drift is not brought to mind, and afterwards it is', async () => {
    const story = await begin({ noData: true });
    const german = { ...DRIFT, segment: 'country=DE' };
    await story.hour(CLEAN, german);
    await story.hour({ types: [], rows: 0 });
    expect((await story.told()).map(({ kind, cause }) => [kind, cause])).toEqual([
      ['firing', 'shift'],
      ['firing', 'no_data'],
    ]);
    await story.tick(DAY_MS + 5 * MINUTE_MS);
    expect(await story.owed()).toEqual(['reminder: inhibited_by_no_data']);
    expect((await story.told()).slice(2)).toMatchObject([{ kind: 'reminder', cause: 'no_data' }]);
    await story.hour(CLEAN);
    await story.tick();
    expect((await story.told()).slice(3)).toMatchObject([
      { kind: 'resolved', cause: 'no_data' },
      { kind: 'reminder', segment: 'country=DE', decisionReason: 'inhibition_ended' },
    ]);
    const quiet = await begin({ noData: true });
    await quiet.silence(DAY_MS, `model=${quiet.spec.name}`, 'kind=no_data');
    await quiet.hour({ types: [], rows: 0 });
    expect(await quiet.owed()).toEqual(['firing: silenced']);
  });

  test('another schema holds the drift of every feature', async () => {
    const story = await begin();
    const fault = { types: ['data_fault'], faults: [['type_change', 'zip']] } as const;
    await story.hour(fault, { ...DRIFT, segment: 'country=DE' }, { ...CONCEPT, segment: 'country=FR' });
    expect((await story.told()).map(({ segment }) => segment)).toEqual(['', 'country=FR']);
    expect(await story.owed()).toEqual(['firing: inhibited_by_schema_fault']);
  });

  test('a window whose message was held back needs no correction', async () => {
    const story = await begin();
    const silence = await story.silence(DAY_MS, `model=${story.spec.name}`);
    const window = await story.hour(DRIFT);
    await story.revise(window, CLEAN);
    await story.expire(silence);
    await story.tick();
    expect(await story.kinds()).toEqual([]);
    expect(await story.events('withdrawn', 'not_told')).toEqual([
      'withdrawn: no_window_stands',
      'not_told: resolved_before_told',
    ]);
  });

  test('a window that was told when the hold ended is corrected like any other', async () => {
    const story = await begin();
    const silence = await story.silence(DAY_MS, `model=${story.spec.name}`);
    await story.hour(DRIFT);
    const told = await story.hour(DRIFT);
    await story.expire(silence);
    await story.tick();
    await story.revise(told, CLEAN);
    expect(await story.told()).toMatchObject([
      { kind: 'firing', windowId: told },
      { kind: 'corrected', windowId: told, correction: { incident: 'open' } },
    ]);
  });

  test('corrections wait for the end of a silence, each of them', async () => {
    const story = await begin();
    const first = await story.hour(DRIFT);
    const second = await story.hour(CONCEPT);
    const silence = await story.silence(DAY_MS, `model=${story.spec.name}`);
    await story.revise(first, CLEAN);
    await story.revise(second, CLEAN);
    await story.tick(DAY_MS / 2);
    expect(await story.kinds()).toEqual(['firing', 'firing']);
    expect(await story.owed()).toEqual(['corrected: silenced', 'corrected: silenced']);
    await story.expire(silence);
    await story.tick();
    await story.tick();
    expect((await story.told()).slice(2)).toMatchObject([
      { kind: 'corrected', windowId: first, correction: { incident: 'open' } },
      { kind: 'corrected', windowId: second, correction: { incident: 'withdrawn' } },
    ]);
  });

  test('what holds each alert can be seen, and what a silence would hold', async () => {
    const story = await begin();
    await story.hour({ types: ['covariate_shift'], moved: ['age', 'income'] });
    const id = await story.alertId();
    const preview = async (...texts: string[]) => {
      const name = { name: 'model', operator: '=', value: story.spec.name } as const;
      const feature = texts.map((value) => ({ name: 'feature', operator: '=~', value }) as const);
      return await previewSilence(pool, [name, ...feature], story.nowMs);
    };
    expect(await preview()).toMatchObject([{ id, held: true, features: [] }]);
    expect(await preview('age')).toMatchObject([{ id, held: false, features: ['age'] }]);
    expect(await preview('age|income')).toMatchObject([{ id, held: true }]);
    expect(await preview('zip')).toEqual([]);

    const holds = async () => (await currentHolds(pool, () => [], story.nowMs)).get(id);
    expect(await holds()).toBeUndefined();
    await story.silence(HOUR_MS, `model=${story.spec.name}`);
    expect(await holds()).toMatchObject({ reason: 'silenced', untilMs: story.nowMs + HOUR_MS });
  });
});
