/** What the labels of one window are too few to show is told by several, once, and is over when they no longer do. */
import { afterAll, beforeEach, expect, test } from 'vitest';
import { messageContent } from '../../../src/act/message/message-content.ts';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import type { IncidentNews } from '../../../src/core/jobs.ts';
import { draws } from '../../../src/simulate/draws.ts';
import { sendReminders } from '../../../src/pipeline/messages/reminders.ts';
import { formatShortTime } from '../../../src/words/format.ts';
import type { AlertSeriesKey } from '../../../src/store/alerts/alerts.ts';
import { loadJudgedAfter } from '../../../src/store/alerts/told-verdicts.ts';
import { inTransaction } from '../../../src/store/connection/pool.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { LoanHours, loanModel, START } from '../loan-hours.ts';
import type { LoanRow } from '../loan-hours.ts';

const ROWS = 300;

const predicted = ({ score = 0 }: LoanRow): string => (score > 0.5 ? 'yes' : 'no');

interface Changed {
  /** As much less does age make people pay. */
  readonly lost?: number;
  /** Standard deviations that incomes have moved by. */
  readonly moved?: number;
}

function rowsOf(seed: number, count: number, { lost = 0, moved = 0 }: Changed = {}): LoanRow[] {
  const draw = draws(seed);
  const chance = (income: number, age: number): number => 1 / (1 + Math.exp(-1.4 * income - age));
  return Array.from({ length: count }, () => {
    const [income, age] = [draw.normal() + moved, draw.normal()];
    const pays = draw.uniform() < chance(income, (1 - lost) * age);
    return { income, age, score: chance(income, age), label: pays ? 'yes' : 'no' };
  });
}

describeWith(['postgres'], 'labels of several windows', () => {
  let loans: LoanHours;
  const all: LoanHours[] = [];
  beforeEach(async () => {
    loans = await LoanHours.open('labels_together', loanModel(4), rowsOf(1, 8_000), predicted);
    all.push(loans);
  });
  afterAll(async () => await Promise.all(all.map(async ({ pool }) => await pool.end())));

  const hours = async (from: number, to: number, changed: Changed = {}): Promise<void> =>
    await loans.send(from, to, (hour) => rowsOf(100 + hour, ROWS, changed));
  const notices = async (): Promise<IncidentNews[]> => await loans.notices();

  test('show what those of one do not', { timeout: 600_000 }, async () => {
    await hours(0, 12);
    expect(await notices()).toEqual([]);
    await hours(12, 24, { lost: 0.6 });
    const [fired, ...others] = await notices();
    expect(others).toEqual([]);
    expect(fired).toMatchObject({
      kind: 'firing',
      series: 'matured',
      decisionReason: 'windows_together',
      firedVerdict: 'concept_drift',
    });
    expect(Math.abs((fired?.sinceMs ?? 0) - (START + 12 * HOUR_MS))).toBeLessThanOrEqual(3 * HOUR_MS);
    const { headline } = messageContent(fired!, { timeZone: 'UTC', publicUrl: null });
    expect(headline).toMatch(/^Concept drift .*: retrain\.$/);
    const own = await loans.pool.query<{ verdict: string }>(
      `select v.verdict from verdict v join "window" w on w.id = v.window_id
       where v.series = 'matured' and v.segment = '' order by w.start_at`,
    );
    const inARow = own.rows.map(({ verdict }) => (verdict === 'none' ? ' ' : 'x')).join('');
    expect(inARow).not.toContain('xxxx');

    await hours(24, 48);
    expect((await notices()).map(({ kind }) => kind)).toEqual(['firing', 'resolved']);
  });

  test('show what begins while moved inputs stay away, in their thread', { timeout: 600_000 }, async () => {
    await hours(0, 4);
    await hours(4, 16, { moved: 0.7 });
    expect(await notices()).toMatchObject([{ kind: 'firing', firedVerdict: 'covariate_shift' }]);
    await hours(16, 26, { moved: 0.7, lost: 0.6 });
    const told = await notices();
    expect(told.slice(1)).toMatchObject([{ kind: 'firing', series: 'matured' }]);
    const headline = (news: IncidentNews): string =>
      messageContent(news, { timeZone: 'UTC', publicUrl: null }).headline;
    expect(headline(told[1]!)).toMatch(
      /^Covariate shift of income since 2 Mar 04:00, and concept drift since 2 Mar 1[4-8]:00, .*: retrain\.$/,
    );
    // One more window does not end it: who is reminded hears what goes on, and of both beginnings as they were told.
    await hours(26, 27, { moved: 0.7 });
    expect(await sendReminders(loans.pool, loans.service.catalog, START + 460 * DAY_MS)).toBe(1);
    const [, toldOf = ''] = /concept drift (since 2 Mar 1\d:00)/.exec(headline(told[1]!)) ?? [];
    expect(headline((await notices()).at(-1)!)).toMatch(
      new RegExp(
        `^Covariate shift of income since 2 Mar 04:00, \\d+ % sure: watch\\. Concept drift ${toldOf}: not known to be over\\.$`,
      ),
    );
    const { rows } = await loans.pool.query<AlertSeriesKey>(
      `select model_version_id as "modelVersionId", size_ms as "sizeMs", segment, series from alert_cursor where series = 'matured'`,
    );
    const after = (hour: number) =>
      inTransaction(loans.pool, async (tx) => await loadJudgedAfter(tx, rows[0]!, START + hour * HOUR_MS));
    const { windows, untilMs } = await after(20);
    expect(untilMs).toBe(START + (21 + windows) * HOUR_MS);
    expect(await after(20 + windows)).toEqual({ windows: 0, untilMs: START + (20 + windows) * HOUR_MS });
    await hours(27, 32, { moved: 0.7 });
    const [, , over, ...others] = (await notices()).filter(
      ({ kind, overTypes }) => kind !== 'reminder' || overTypes,
    );
    expect(others).toEqual([]);
    expect(over).toMatchObject({ kind: 'reminder', overTypes: ['concept_drift'], series: 'matured' });
    expect(formatShortTime(over?.overSinceMs ?? 0, 'UTC')).toBe(toldOf.replace('since ', ''));
    expect(headline(over!)).toMatch(
      /^Concept drift over by 3 Mar 0[2-6]:00; the covariate shift of income since 2 Mar 04:00 goes on\.$/,
    );
  });
});
