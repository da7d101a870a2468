/** A model that got worse is told of, though nobody can say of what kind the change is. */
import { afterAll, beforeEach, expect, test } from 'vitest';
import { messageContent } from '../../../src/act/message/message-content.ts';
import type { IncidentNews } from '../../../src/core/jobs.ts';
import { draws } from '../../../src/simulate/draws.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { LoanHours, loanModel } from '../loan-hours.ts';
import type { LoanRow } from '../loan-hours.ts';

const ROWS = 400;

/** A weak model: whether more people pay everywhere or others come is the same to its rows. */
function rowsOf(seed: number, count: number, more: number): LoanRow[] {
  const draw = draws(seed);
  return Array.from({ length: count }, () => {
    const [income, age] = [draw.normal(), draw.normal()];
    const chance = 1 / (1 + Math.exp(0.7 - more - 0.25 * income - 0.15 * age));
    return { income, age, label: draw.uniform() < chance ? 'yes' : 'no' };
  });
}

const predicted = ({ income, age }: LoanRow): string => (0.25 * income + 0.15 * age > 0.7 ? 'yes' : 'no');

describeWith(['postgres'], 'a loss of performance that nobody can name', () => {
  let loans: LoanHours;
  const all: LoanHours[] = [];
  beforeEach(async () => {
    loans = await LoanHours.open('unnamed_loss', loanModel(2), rowsOf(1, 8_000, 0), predicted);
    all.push(loans);
  });
  afterAll(async () => await Promise.all(all.map(async ({ pool }) => await pool.end())));

  const hours = async (from: number, to: number, more: number): Promise<void> =>
    await loans.send(from, to, (hour) => rowsOf(100 + hour, ROWS, more));
  const notices = async (): Promise<IncidentNews[]> => await loans.notices();

  test(
    'is told once, by its kind when labels have it, and when it is over',
    { timeout: 600_000 },
    async () => {
      await hours(0, 6, 0);
      expect(await notices()).toEqual([]);
      await hours(6, 8, 1);
      const [fired, ...more] = await notices();
      expect(more).toEqual([]);
      expect(fired).toMatchObject({ kind: 'firing', series: 'matured', firedVerdict: 'undetermined' });
      expect(messageContent(fired!, { timeZone: 'UTC', publicUrl: null })).toMatchObject({
        subject: '[shiftwatch] loans 1: loss of performance since 2 Mar 06:00',
        headline: 'The model got worse since 2 Mar 06:00, and the rows do not tell why: watch.',
        advice: { title: 'Watch' },
      });
      await hours(8, 14, 1);
      await hours(14, 24, 0);
      const sent = await notices();
      expect(sent.map(({ kind }) => kind)).toEqual(['firing', 'firing', 'resolved']);
      expect(sent.map(({ incidentId }) => incidentId)).toEqual(Array(3).fill(fired!.incidentId));
      const { headline } = messageContent(sent.at(-1)!, { timeZone: 'UTC', publicUrl: null });
      expect(headline).toMatch(/^Over: .*loss of performance, from 2 Mar 06:00 to 2 Mar 14:00\.$/);
    },
  );
});
