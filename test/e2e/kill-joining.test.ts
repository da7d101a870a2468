import { beforeAll, expect, it } from 'vitest';
import { silentLog } from '../../src/core/log.ts';
import { LabelProfile } from '../../src/stats/profile/outcomes/label-profile.ts';
import { createPool, type Pool } from '../../src/store/connection/pool.ts';
import { atEnd } from '../harness/cleanup.ts';
import { expectConserved } from '../harness/database/conservation.ts';
import { createDatabase } from '../harness/database/database.ts';
import { describeWith } from '../harness/describe-with.ts';
import { createTopic, produce, uniqueGroup } from '../harness/kafka/kafka.ts';
import { type Program, startShiftwatch } from '../harness/process.ts';
import { addressOf } from '../harness/services.ts';
import { until } from '../harness/wait.ts';

const KILLS = 3;
/** Predictions labelled between one kill and the next: many more labels than a checkpoint joins by itself from. */
const A_ROUND = 3_000;
const PREDICTIONS = KILLS * A_ROUND;
const STRANGERS = 300;
const START_MS = Date.UTC(2026, 0, 10);

describeWith(['postgres', 'kafka'], 'a worker killed while it joins labels', () => {
  let pool: Pool;
  let config: object;
  let topics: { predictions: string; labels: string };

  beforeAll(async () => {
    const { url } = await createDatabase('kill-joining');
    pool = createPool({ connectionString: url, max: 2, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    topics = {
      predictions: await createTopic('kill-joining-predictions', { partitions: 2 }),
      labels: await createTopic('kill-joining-labels', { partitions: 2 }),
    };
    config = {
      database: url,
      kafka: {
        brokers: addressOf('kafka'),
        group_id: uniqueGroup('kill-joining'),
        session_timeout: '6s',
        topics: { predictions: [topics.predictions], labels: [topics.labels] },
      },
      ingest: { checkpoint_every: '1s' },
      models: [{ name: 'clicks', task: 'classification', windows: [{ size: '1h', accept_late: '5000d' }] }],
    };
  });

  const worker = async (): Promise<Program> => {
    const program = startShiftwatch(['serve', '--roles', 'ingest'], { config });
    await program.waitForLine(/"serving"/);
    return program;
  };
  const count = async (outcome: string): Promise<number> => {
    const found = await pool.query<{ n: number }>(
      'select coalesce(sum(count), 0)::int as n from event_count where outcome = $1',
      [outcome],
    );
    return found.rows[0]?.n ?? 0;
  };

  it('leaves every label joined once, corrected by the later one, and strangers waiting', async () => {
    await produce(
      topics.predictions,
      Array.from({ length: PREDICTIONS }, (_, n) => ({ value: prediction(n) })),
    );
    let running = await worker();
    await until(async () => (await count('windowed')) === PREDICTIONS, {
      everyMs: 250,
      what: 'the predictions to be stored',
    });
    for (let round = 0; round < KILLS; round += 1) {
      const joined = await count('joined');
      // The correction may be read before what it corrects.
      const ids = Array.from({ length: A_ROUND }, (_, n) => round * A_ROUND + n);
      await produce(
        topics.labels,
        ids.flatMap((n) => [{ value: label(`click-${n}`, 1, 5) }, { value: label(`click-${n}`, 0, 1) }]),
      );
      await until(async () => (await count('joined')) > joined, {
        everyMs: 20,
        what: 'the first of a round to be joined',
      });
      await running.kill9();
      running = await worker();
    }
    await produce(
      topics.labels,
      Array.from({ length: STRANGERS }, (_, n) => ({ value: label(`stranger-${n}`, 1, 1) })),
    );
    const read = 2 * PREDICTIONS + STRANGERS;
    const settled = async () => {
      const { label: labels } = await expectConserved(pool);
      return labels?.['read'] === read && labels['waiting'] === STRANGERS ? labels : null;
    };
    expect(await until(settled, { everyMs: 250, what: 'every label to be joined or to wait' })).toEqual({
      read,
      joined: PREDICTIONS,
      superseded: PREDICTIONS,
      waiting: STRANGERS,
    });
    const found = await pool.query('select label, count(*)::int as n from prediction_label group by label');
    expect(found.rows).toEqual([{ label: '1', n: PREDICTIONS }]);
    expect(await countedLabels(pool)).toEqual({ labelled: PREDICTIONS, right: PREDICTIONS / 2 });
    expect(await running.stop()).toMatchObject({ code: 0 });
  });
});

function prediction(n: number): string {
  return JSON.stringify({
    model: 'clicks',
    prediction_id: `click-${n}`,
    timestamp: new Date(START_MS + (n % 300) * 60_000).toISOString(),
    features: { x: n % 97 },
    prediction: n % 2,
  });
}

function label(id: string, value: number, day: number): string {
  const timestamp = new Date(START_MS + day * 86_400_000).toISOString();
  return JSON.stringify({ type: 'label', model: 'clicks', prediction_id: id, timestamp, label: value });
}

async function countedLabels(pool: Pool): Promise<{ labelled: number; right: number }> {
  const parts = await pool.query<{ delta: Buffer }>(
    `select delta from window_part where kind = 'label' and segment = ''`,
  );
  const sum = new LabelProfile(null, 'classification');
  for (const { delta } of parts.rows) sum.merge(LabelProfile.decode(delta, null, 'classification'));
  const { performance } = sum;
  return {
    labelled: sum.labelled,
    right: performance?.task === 'classification' ? performance.correct : Number.NaN,
  };
}
