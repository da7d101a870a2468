import { expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/clock.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { startToldLine } from '../told-line.ts';

describeWith(['postgres'], 'an open window', () => {
  it('is judged and told of only once it has closed, whatever it holds and however often one looks', async () => {
    const line = await startToldLine(
      modelSpec({
        windows: [{ sizeMs: HOUR_MS, graceMs: 10 * MINUTE_MS, acceptLateMs: DAY_MS }],
        alerts: { forWindows: 1, remindEveryMs: DAY_MS, channels: ['mail'] },
      }),
      'UTC',
    );
    const seen = async (): Promise<unknown> =>
      (
        await line.pool.query(
          `select (select array_agg(state) from "window") as windows,
             (select count(*)::int from verdict) as verdicts,
             (select count(*)::int from alert) as alerts,
             (select count(*)::int from outbox where kind = 'notify') as messages`,
        )
      ).rows[0];
    // Twenty years older than in training.
    await line.log(0, { rows: 1_000, age: 60 });
    for (const hour of [0.5, 0.9, 1, 1.05]) {
      await line.at(hour);
      expect(await seen()).toEqual({ windows: ['open'], verdicts: 0, alerts: 0, messages: 0 });
    }
    // The line looks five minutes ahead; the grace is over ten minutes after the hour.
    await line.at(1.5);
    expect(await seen()).toEqual({ windows: ['closed'], verdicts: 1, alerts: 1, messages: 1 });
  });
});
