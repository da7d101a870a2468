/** An incident of a version that a retrained one has replaced: no window of its own would ever end it. */
import { beforeEach, expect, test } from 'vitest';
import { messageContent } from '../../../src/act/message/message-content.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { IncidentNews } from '../../../src/core/jobs.ts';
import { closeReplaced } from '../../../src/pipeline/incidents/close-replaced.ts';
import { judgeRetrains } from '../../../src/pipeline/retrain/judge-retrains.ts';
import { findAlert } from '../../../src/store/read-models/alerts.ts';
import type { AlertRow } from '../../../src/store/rows/alerts.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { startRetrainLine, type RetrainLine } from './line.ts';

describeWith(['postgres'], 'an incident of a version that was replaced', () => {
  let line: RetrainLine;
  let id: string;
  beforeEach(async () => {
    line = await startRetrainLine('retrain_replaced');
    await line.baseline('1', 0.9);
    await hours([0, 1], '1', 0.7);
    await line.evaluate();
    const open = await line.pool.query<{ id: string }>(
      `select id::text from alert where cause = 'shift' and state = 'firing'`,
    );
    expect(open.rows).toHaveLength(1);
    id = open.rows[0]?.id ?? '';
    const { id: run } = await line.run();
    await line.report(run, { status: 'succeeded', new_version: '2' });
    await line.baseline('2', 0.9);
  });

  async function hours(of: readonly number[], version: string, accuracy: number): Promise<void> {
    for (const hour of of) await line.hour(hour, version, accuracy);
  }

  async function look(): Promise<AlertRow | null> {
    const options = { pool: line.pool, catalog: line.catalog, log: silentLog };
    await judgeRetrains(options, Date.now());
    await closeReplaced(options, Date.now());
    return await findAlert(line.pool, id);
  }

  /** What one channel is told of incidents of version 1. */
  async function told(): Promise<IncidentNews[]> {
    const found = await line.pool.query<{ news: IncidentNews }>(
      `select payload -> 'notification' as news from outbox where kind = 'notify' and payload ->> 'channel' = 'oncall'
         and payload -> 'notification' ->> 'about' = 'incident' and payload -> 'notification' ->> 'modelVersion' = '1'
       order by id`,
    );
    return found.rows.map(({ news }) => news);
  }

  async function events(): Promise<string[]> {
    const found = await line.pool.query<{ said: string }>(
      `select kind || ': ' || reason as said from alert_event where alert_id = $1 order by id`,
      [id],
    );
    return found.rows.map(({ said }) => said);
  }

  /** Version 2 takes over after an hour side by side, and has fixed it. */
  async function takeOver(): Promise<void> {
    await hours([2], '1', 0.7);
    await hours([2, 3, 4], '2', 0.9);
    await line.evaluate();
  }

  test('stands while the version has rows, and is closed once it has none while the new one has', async () => {
    await hours([2], '1', 0.7);
    await hours([2, 3], '2', 0.9);
    await line.evaluate();
    // One window in which nothing asked the old version may be chance.
    expect(await look()).toMatchObject({ state: 'firing', closed: null });
    expect(await line.run()).toMatchObject({ outcome: 'fixed' });
    await hours([4], '1', 0.7);
    await hours([4, 5], '2', 0.9);
    await line.evaluate();
    expect(await look()).toMatchObject({ state: 'firing' });

    await hours([6], '2', 0.9);
    await line.evaluate();
    const { outcome_details: outcome } = await line.run();
    expect(await look()).toMatchObject({
      state: 'resolved',
      next_reminder_at: null,
      closed: { by: 'shiftwatch', comment: outcome?.summary, replaced_by: '2', expected: false },
    });
    await Promise.all([look(), look(), look()]);
    expect((await events()).filter((said) => said.startsWith('replaced'))).toEqual([
      'replaced: version_replaced',
    ]);
    const news = await told();
    expect(news.map(({ kind }) => kind)).toEqual(['firing', 'resolved']);
    const said = messageContent(news.at(-1)!, { timeZone: 'UTC', publicUrl: null });
    expect(said).toMatchObject({
      badge: 'Resolved: replaced',
      headline: 'Version 2 has replaced version 1: what it showed since 1 Mar 12:00 is closed.',
      advice: null,
    });
    expect(said.facts).toContainEqual(['Outcome', outcome?.summary]);
    const state = await line.pool.query(`select distinct c.state from alert_cursor c
      join model_version v on v.id = c.model_version_id where v.name = '1' and segment = ''`);
    expect(state.rows).toEqual([{ state: 'ok' }]);
  });

  test('begins anew where the version comes back and shows the same', async () => {
    await takeOver();
    expect(await look()).toMatchObject({ state: 'resolved' });
    await hours([5, 6], '1', 0.7);
    await line.evaluate();
    await look();
    const again = await line.pool.query(`select follows::text from alert where state = 'firing'`);
    expect(again.rows).toEqual([{ follows: id }]);
  });

  test('is found again by the next look where a process dies between judging and closing', async () => {
    await takeOver();
    await judgeRetrains({ pool: line.pool, catalog: line.catalog, log: silentLog }, Date.now());
    await line.pool.query(
      `create function die() returns trigger language plpgsql as $$ begin raise 'killed'; end $$`,
    );
    await line.pool.query(
      `create trigger die before insert on outbox for each row when (new.kind = 'notify' and new.key like '%:other') execute function die()`,
    );
    await expect(look()).rejects.toThrow('killed');
    expect(await findAlert(line.pool, id)).toMatchObject({ state: 'firing', closed: null });
    await line.pool.query('drop trigger die on outbox');
    expect(await look()).toMatchObject({ state: 'resolved' });
    expect((await told()).map(({ kind }) => kind)).toEqual(['firing', 'resolved']);
  });

  test('stays open where it is about a fault, and while a window of it is still to close', async () => {
    await takeOver();
    await line.pool.query(`update alert set told_types = told_types || '{data_fault}' where id = $1`, [id]);
    expect(await look()).toMatchObject({ state: 'firing' });
    await line.pool.query(`update alert set told_types = array_remove(told_types, 'data_fault')`);
    await line.pool.query(
      `insert into "window" (model_version_id, size_ms, start_at, end_at, grace_ms, pane_ms, pane_only)
       select model_version_id, size_ms, start_at + interval '9 days', end_at + interval '9 days', grace_ms, pane_ms, false
       from "window" w join model_version v on v.id = w.model_version_id where v.name = '1' limit 1`,
    );
    expect(await look()).toMatchObject({ state: 'firing' });
    await line.pool.query(`delete from "window" where state = 'open'`);
    expect(await look()).toMatchObject({ state: 'resolved' });
  });

  test('stays open where the new version is as bad', async () => {
    await hours([2], '1', 0.7);
    await hours([2, 3, 4], '2', 0.7);
    await line.evaluate();
    expect(await look()).toMatchObject({ state: 'firing' });
    expect(await line.run()).toMatchObject({ outcome: 'not_fixed' });
  });
});
