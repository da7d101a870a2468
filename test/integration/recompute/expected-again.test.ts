/** What people said of incidents, where windows are counted from rows, and when they are judged again. */
import { expect, it } from 'vitest';
import { HOUR_MS } from '../../../src/core/clock.ts';
import { forgetFeature } from '../../../src/pipeline/history/feature/forget-feature.ts';
import { expectChange, resolveByHand } from '../../../src/pipeline/incidents/close-incident.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { listAnnotations } from '../../../src/store/alerts/annotations.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { START, type Unlike, WatchedLoans, watchedModel } from './watched-loans.ts';

const [YOUNG, OLD] = [40, 60];
const ROWS = 400;
const MODEL = watchedModel({
  segments: [],
  groups: [],
  alerts: { forWindows: 1, remindEveryMs: 0, channels: ['team'] },
});
const ANN = { author: 'ann', comment: 'the spring sale', untilMs: null };

async function live(hours: readonly (readonly [mean: number, unlike?: Unlike])[]): Promise<WatchedLoans> {
  const loans = await WatchedLoans.open(MODEL, YOUNG);
  for (const [hour, [mean, unlike]] of hours.entries()) await loans.hour(hour, mean, ROWS, unlike);
  return loans;
}

async function newest({ pool }: WatchedLoans): Promise<string> {
  const found = await pool.query<{ id: string }>(`select max(id)::text as id from alert`);
  return found.rows[0]!.id;
}

async function expected(loans: WatchedLoans, hour: number): Promise<void> {
  const catalog = await ModelCatalog.open(loans.pool, [MODEL]);
  const nowMs = START + hour * HOUR_MS;
  expect(await expectChange(loans.pool, catalog, await newest(loans), ANN, nowMs)).toMatchObject({
    ok: true,
  });
}

async function explained({ pool }: WatchedLoans): Promise<string[]> {
  const found = await pool.query<{ of: string }>(
    `select extract(hour from w.start_at) || ' ' || e.series as of from expected_verdict e
     join "window" w on w.id = e.window_id order by w.start_at, e.series`,
  );
  return found.rows.map(({ of }) => of);
}

const count = (kinds: readonly string[], kind: string): number =>
  kinds.filter((each) => each === kind).length;

describeWith(['postgres'], 'what was expected, of windows that are counted', () => {
  it.each<[string, Unlike, Unlike]>([
    ['a fault', { ageTimes: 100 }, { ageTimes: 0.01 }],
    ['another mix of labels', { approved: 0.95 }, { approved: 0.05 }],
  ])('%s is quiet, and the other way is told', async (_what, shown, other) => {
    const loans = await live([[YOUNG], [YOUNG, shown]]);
    await loans.due(5);
    const before = count(await loans.kinds(), 'firing');
    expect(before).toBeGreaterThan(0);
    await expected(loans, 5);
    for (const hour of [6, 7]) await loans.hour(hour, YOUNG, ROWS, shown);
    await loans.due(10);
    expect(count(await loans.kinds(), 'firing')).toBe(before);
    expect(await explained(loans)).toEqual(expect.arrayContaining(['6 closed', '7 closed']));
    await loans.hour(11, YOUNG, ROWS, other);
    await loans.due(14);
    expect(count(await loans.kinds(), 'firing')).toBeGreaterThan(before);
  });

  it('stays so when it is judged again, by the same and by another baseline', async () => {
    const loans = await live([[YOUNG], [OLD]]);
    await expected(loans, 3);
    for (const hour of [4, 5]) await loans.hour(hour, OLD, ROWS);
    const told = await loans.kinds();
    expect(count(told, 'firing')).toBe(1);
    const before = await explained(loans);
    expect(before).toEqual(expect.arrayContaining(['4 closed', '5 closed']));
    const [incidents] = [await loans.incidents()];
    const done = await loans.recompute({ notifies: true });
    expect(done.opened).toEqual([]);
    expect(await loans.kinds()).toEqual(told);
    expect(await loans.incidents()).toEqual(incidents);
    expect(await explained(loans)).toEqual(before);
    // By a baseline of the old, the first hour moved down: nobody expected that.
    await loans.trainedOn(OLD);
    await loans.recompute();
    expect(await explained(loans)).toEqual([]);
  });

  it('what somebody closed is not opened again by its windows', async () => {
    const loans = await live([[YOUNG], [OLD], [OLD]]);
    const catalog = await ModelCatalog.open(loans.pool, [MODEL]);
    expect(
      await resolveByHand(loans.pool, catalog, await newest(loans), ANN, START + 5 * HOUR_MS),
    ).toMatchObject({
      ok: true,
    });
    const [told, incidents] = [await loans.kinds(), await loans.incidents()];
    for (const notifies of [true, false]) {
      const done = await loans.recompute({ notifies });
      expect(done.opened).toEqual([]);
    }
    await loans.trainedOn(YOUNG + 1);
    expect((await loans.recompute({ notifies: true })).opened).toEqual([]);
    expect(await loans.kinds()).toEqual(told);
    expect(await loans.incidents()).toEqual(incidents);
  });

  it('names a feature no more that is forgotten', async () => {
    const loans = await live([[YOUNG], [OLD]]);
    await expected(loans, 3);
    await loans.hour(4, OLD, ROWS);
    const { pool } = loans;
    const catalog = await ModelCatalog.open(pool, [MODEL]);
    const { id } = catalog.model(MODEL.name)!;
    await forgetFeature(pool, {
      model: { id, name: MODEL.name, task: MODEL.task },
      name: 'age',
      isDry: false,
    });
    const page = { limit: 50, after: null };
    const [annotation, ...others] = (await listAnnotations(pool, { model: MODEL.name, removed: false }, page))
      .items;
    expect(others).toEqual([]);
    expect(annotation).toMatchObject({
      author: 'ann',
      comment: 'the spring sale',
      kinds: ['covariate_shift'],
    });
    expect(JSON.stringify(annotation)).not.toMatch(/"age"/);
    const { rows } = await pool.query(
      `select a::text as whole from annotation a union all select e::text from alert_event e`,
    );
    expect(JSON.stringify(rows)).not.toMatch(/\bage\b/);
    // Nothing that is left of it explains another change.
    await loans.recompute({ notifies: true });
    expect(count(await loans.kinds(), 'firing')).toBe(1);
  });
});
