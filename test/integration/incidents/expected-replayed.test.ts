/** In a backtest, what people said by then is heeded: nothing of it is told again. */
import { expect, it } from 'vitest';
import { HOUR_MS } from '../../../src/core/clock.ts';
import { replayDecisions } from '../../../src/pipeline/backtest/replay-decisions.ts';
import { expectChange, resolveByHand } from '../../../src/pipeline/incidents/close-incident.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { START, startToldLine, type ToldLine } from '../told-line.ts';

const MODEL = modelSpec({
  windows: [{ sizeMs: HOUR_MS, graceMs: 0, acceptLateMs: HOUR_MS }],
  minRows: 100,
  multivariate: false,
  alerts: { forWindows: 2, remindEveryMs: HOUR_MS, channels: ['mail'], page: 'all' },
  retrain: {
    webhook: 'train',
    schedule: null,
    performance: null,
    drift: ['covariate_shift'],
    cooldownMs: HOUR_MS,
  },
});
const ANN = { author: 'ann', comment: 'the spring sale', untilMs: null };
const SPAN = { sinceMs: START, untilMs: START + 12 * HOUR_MS, timezone: 'UTC', models: [MODEL.name] };

async function lived(
  says: typeof expectChange,
  back: boolean,
): Promise<{ line: ToldLine; told: Record<string, number> }> {
  const line = await startToldLine(MODEL, 'UTC');
  await line.live([{}, {}, { age: 55 }, { age: 55 }]);
  const found = await line.pool.query<{ id: string }>('select max(id)::text as id from alert');
  const catalog = await ModelCatalog.open(line.pool, [MODEL]);
  const nowMs = START + 4 * HOUR_MS + 1;
  expect(await says(line.pool, catalog, found.rows[0]!.id, ANN, nowMs)).toMatchObject({ ok: true });
  for (let hour = 4; hour < 8; hour += 1) {
    await line.log(hour, back ? {} : { age: 55 });
    await line.at(hour + 1);
  }
  const { messages, retrainRequests } = await replayDecisions({
    databaseUrl: line.url,
    models: [MODEL],
    span: SPAN,
    fromMs: START,
    onProgress: () => {},
  });
  const of = (kind: string): number =>
    messages.filter((each) => each.kind === kind).reduce((sum, each) => sum + each.messages, 0);
  return {
    line,
    told: {
      firing: of('firing'),
      resolved: of('resolved'),
      corrected: of('corrected'),
      retrains: retrainRequests,
    },
  };
}

describeWith(['postgres'], 'a backtest', () => {
  it('explains what was said to be expected, from when it was said', async () => {
    const { line, told } = await lived(expectChange, false);
    expect(told).toEqual({ firing: 1, resolved: 1, corrected: 0, retrains: 1 });
    // Of the real thing it leaves all as it was.
    const { rows } = await line.pool.query('select count(*)::int as n from expected_verdict');
    expect(rows).toEqual([{ n: 4 }]);
    await line.pool.query('delete from annotation');
    const without = await replayDecisions({
      databaseUrl: line.url,
      models: [MODEL],
      span: SPAN,
      fromMs: START,
      onProgress: () => {},
    });
    expect(without.messages.filter(({ kind }) => kind === 'resolved')).toEqual([]);
  });

  it('does not open again what was closed by hand and is over', async () => {
    const { told } = await lived(resolveByHand, true);
    expect(told).toEqual({ firing: 1, resolved: 1, corrected: 0, retrains: 1 });
  });
});
