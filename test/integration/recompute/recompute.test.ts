import { expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import { listVerdicts } from '../../../src/store/read-models/verdicts.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { START, WatchedLoans, watchedModel } from './watched-loans.ts';

const OLD = 60;
const YOUNG = 40;

/** Hours of people who are 60; what the model was trained on is up to the test. */
async function live(trainedOn: number, spec = watchedModel()): Promise<WatchedLoans> {
  const loans = await WatchedLoans.open(spec, trainedOn);
  for (let hour = 0; hour < 3; hour += 1) await loans.hour(hour, OLD);
  return loans;
}

describeWith(['postgres'], 'judging again', () => {
  it('after a wrong baseline says what the right one would have said from the start', async () => {
    const [wrong, right] = [await live(YOUNG), await live(OLD)];
    expect(await wrong.incidents()).toEqual(['firing: firing enough_windows']);
    const told = await wrong.kinds();
    await wrong.trainedOn(OLD);
    const done = await wrong.recompute();
    expect(done).toMatchObject({ windows: 3, left: [] });
    // Labels of the last hour are still to come.
    expect(done.recomputed).toHaveLength(5);
    expect(new Set(done.recomputed.map(({ isRecounted }) => isRecounted))).toEqual(new Set([true]));
    expect(
      done.recomputed.filter(({ series }) => series === 'closed').map(({ before }) => before?.verdict),
    ).not.toContain('none');
    expect(await wrong.said()).toEqual(await right.said());
    // The incident rests on nothing any more, and nobody hears of it.
    expect(done.corrected).toHaveLength(3);
    expect(await wrong.incidents()).toEqual([
      'resolved: firing enough_windows, corrected told_shift_gone, withdrawn no_window_stands, corrected recomputed',
    ]);
    expect(await wrong.kinds()).toEqual(told);
    // Nor is a service that runs beside asked to judge them once more, which would tell. Labels of the last hour are judged for the first time.
    const asked = await wrong.pool.query(
      `select key from outbox where kind = 'evaluate' and done_at is null`,
    );
    expect(asked.rows).toEqual([{ key: 'evaluate-3-matured-0' }]);
  });

  it('keeps what was said before, with the reason for what is said now', async () => {
    const loans = await live(YOUNG);
    await loans.recompute();
    const filter = { windowId: '1', series: 'closed', segment: '' } as const;
    const page = { limit: 10, after: null };
    expect((await listVerdicts(loans.pool, { ...filter, superseded: true }, page)).items).toMatchObject([
      {
        revision: 2,
        verdict: 'covariate_shift',
        revision_reason: 'recomputed',
        revision_note: 'the wrong file',
      },
      { revision: 1, verdict: 'covariate_shift', revision_reason: null, revision_note: null },
    ]);
    // Twice is the same.
    const said = await loans.said();
    const again = await loans.recompute();
    expect(again.recomputed.every(({ before, after }) => before?.verdict === after?.verdict)).toBe(true);
    expect(await loans.said()).toEqual(said);
    expect(await loans.incidents()).toEqual(['firing: firing enough_windows']);
  });

  it('opens an incident where one begins now, and tells of it only when asked to', async () => {
    const loans = await live(OLD);
    await loans.trainedOn(YOUNG);
    const dry = await loans.recompute({ isDry: true });
    expect(dry.recomputed.every(({ after, isRecounted }) => after === null && isRecounted)).toBe(true);
    expect(await loans.incidents()).toEqual([]);
    const done = await loans.recompute();
    // Of all rows, and of each site.
    expect(done.opened).toHaveLength(3);
    expect(await loans.incidents()).toEqual([
      expect.stringMatching(/^firing: firing enough_windows(, not_told recomputed)+$/),
    ]);
    expect(await loans.kinds()).toEqual([]);
    const other = await live(OLD);
    await other.trainedOn(YOUNG);
    expect((await other.recompute({ notifies: true })).opened).toHaveLength(3);
    expect(await other.kinds()).toContain('firing');
  });

  it('rows and labels that are late afterwards are counted by the new baseline', async () => {
    const [loans, right] = [await live(YOUNG), await live(OLD)];
    await loans.trainedOn(OLD);
    await loans.recompute();
    // By a process that knew the windows before.
    for (const each of [loans, right]) {
      await each.log(1, OLD, 60);
      await each.due(8);
      await each.due(9);
    }
    expect(await loans.said()).toEqual(await right.said());
    const { rows } = await loans.pool.query(`select count(*)::int as n from unreadable_part`);
    expect(rows).toEqual([{ n: 0 }]);
  });

  it('what came after a window was judged is judged at once', async () => {
    const loans = await live(OLD);
    const hour = { fromMs: START + HOUR_MS, toMs: START + 2 * HOUR_MS };
    const rowsSaid = async () =>
      ((await loans.said()) as { start_at: string; segment: string; series: string; rows: number }[])
        .filter((each) => each.segment === '' && Date.parse(each.start_at) === hour.fromMs)
        .map(({ series, rows }) => [series, rows]);
    await loans.log(1, OLD, 60);
    expect(await rowsSaid()).toEqual([
      ['closed', 200],
      ['matured', 200],
    ]);
    const told = await loans.kinds();
    await loans.recompute(hour);
    expect(await rowsSaid()).toEqual([
      ['closed', 260],
      ['matured', 260],
    ]);
    expect(await loans.kinds()).toEqual(told);
  });

  it('by another threshold asks the counts only', async () => {
    const loans = await live(YOUNG);
    await loans.pool.query('delete from prediction_block');
    const before = await loans.said();
    const span = { fromMs: START, toMs: START + 2 * HOUR_MS };
    const stricter = watchedModel({ minRows: 1_000 });
    const dry = await loans.recompute({ isDry: true, ...span }, stricter);
    expect(await loans.said()).toEqual(before);
    const done = await loans.recompute(span, stricter);
    expect(done).toEqual(dry);
    expect(done.windows).toBe(2);
    expect(done.recomputed.map(({ after, isRecounted }) => [after?.verdict, isRecounted])).toEqual(
      Array.from({ length: 4 }, () => ['undetermined', false]),
    );
  });

  it('says of what it cannot do why, and leaves it as it is', async () => {
    const loans = await live(YOUNG);
    const before = await loans.said();
    await loans.trainedOn(OLD);
    // One row of the second hour is kept no longer, nor the counts of the third.
    await loans.pool.query(`update "window" set emptied_at = now(), emptied_rows = 200 where start_at = $1`, [
      new Date(START + 2 * HOUR_MS),
    ]);
    await loans.pool.query(
      `delete from prediction_block where id = (select id from prediction_block where from_at >= $1 and kind = 0 order by id limit 1)`,
      [new Date(START + HOUR_MS)],
    );
    const done = await loans.recompute({ fromMs: START + HOUR_MS });
    expect(done.left.map(({ why }) => why)).toEqual(['rows_not_kept', 'counts_gone']);
    expect(await loans.said()).toEqual(before);
    const kept = await loans.recompute({ fromMs: START + HOUR_MS, keepsBaseline: true });
    expect(kept.left.map(({ why }) => why)).toEqual(['counts_gone']);
    expect(kept.recomputed.map(({ after }) => after?.verdict)).not.toContain('none');
  });

  it('of two sizes counts rows once, and takes a day as a whole', async () => {
    const sizes = [HOUR_MS, DAY_MS].map((sizeMs) => ({ sizeMs, graceMs: 0, acceptLateMs: 3_650 * DAY_MS }));
    const spec = watchedModel({ windows: sizes });
    const lines = [await WatchedLoans.open(spec, YOUNG), await WatchedLoans.open(spec, OLD)] as const;
    const [loans, right] = lines;
    for (const each of lines) for (const hour of [0, 1, 2]) await each.log(hour, OLD, 100);
    // In the middle of the day somebody notices.
    await loans.trainedOn(OLD);
    for (const each of lines) {
      for (const hour of [22, 23]) await each.log(hour, OLD, 100);
      await each.due(30);
    }
    const part = await loans.recompute({ fromMs: START + HOUR_MS });
    expect(new Set(part.left.map(({ why }) => why))).toEqual(new Set(['shares_counts']));
    const done = await loans.recompute();
    expect(done.left).toEqual([]);
    expect(await loans.said()).toEqual(await right.said());
    const counted = `select count(*)::int as n, sum(rows)::int as rows from window_part where kind = 'input' and segment = ''`;
    expect((await loans.pool.query(counted)).rows[0].rows).toBe(500);
  });
});
