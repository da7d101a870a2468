import { beforeAll, expect, it } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import type { PartitionLag } from '../../../src/core/events/log-source.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { newestIncidents } from '../../../src/store/read-models/log-incidents.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { expectConserved } from '../../harness/database/conservation.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { until } from '../../harness/wait.ts';
import { fetched, LOG_SOURCE, partitionConsumer, predictionLine, readToEnd } from '../partition-log.ts';

describeWith(['postgres'], 'records that nobody is to see', () => {
  let pool: Pool;
  beforeAll(async () => {
    const { url } = await createDatabase('passed-records');
    pool = createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
  });

  const lines = (version: string, count: number): string[] =>
    Array.from({ length: count }, (_, n) => predictionLine(`${version}-${n}`, version));

  async function position(partition: number) {
    const found = await pool.query<{ next: number; last: number | null; progressed: string }>(
      `select next_offset::int as next, last_offset::int as last, progressed_at::text as progressed
       from source_position where source = $1 and partition = $2`,
      [LOG_SOURCE, partition],
    );
    return found.rows[0];
  }

  async function counted(version: string): Promise<number> {
    const found = await pool.query<{ n: number }>(
      `select coalesce(sum(p.rows), 0)::int as n from window_part p join "window" w on w.id = p.window_id
       join model_version v on v.id = w.model_version_id where v.name = $1 and p.segment = ''`,
      [version],
    );
    return found.rows[0]?.n ?? 0;
  }

  const lagOf = (partition: number, low: number, high: number): PartitionLag => ({
    source: LOG_SOURCE,
    topic: 'ml.predictions',
    partition,
    position: null,
    lowOffset: BigInt(low),
    highOffset: BigInt(high),
    lag: null,
    observedAtMs: 0,
  });

  it('move the stored position, and are no progress of the partition', async () => {
    const log = { partition: 0, values: lines('tail', 50), withheld: (offset: number) => offset >= 10 };
    const one = await partitionConsumer(pool, { specs: [modelSpec()] });
    await one.onRecords(fetched(log, 0, 10));
    await one.checkpointAll();
    const before = await position(0);
    expect(before).toMatchObject({ next: 10, last: 9 });
    for (const at of [10, 20, 45])
      await one.onRecords(fetched(log, at, at === 45 ? 50 : at === 10 ? 20 : 45));
    await one.checkpointAll();
    expect(await position(0)).toEqual({ next: 50, last: 9, progressed: before?.progressed });
    expect(await counted('tail')).toBe(10);
  });

  it('are stored with what is held before them, never without', async () => {
    const log = { partition: 1, values: lines('held', 30), withheld: (offset: number) => offset >= 10 };
    const one = await partitionConsumer(pool, { specs: [modelSpec()] });
    await one.onRecords(fetched(log, 0, 10));
    await one.onRecords(fetched(log, 10, 30));
    expect(await position(1)).toMatchObject({ next: 0 });
    // Killed here: another begins where nothing was stored.
    await readToEnd(await partitionConsumer(pool, { specs: [modelSpec()] }), log, 0);
    expect(await position(1)).toMatchObject({ next: 30, last: 9 });
    await one.checkpointAll();
    expect(await position(1)).toMatchObject({ next: 30, last: 9 });
    expect(await counted('held')).toBe(10);
  });

  it('do not move a position that another process has moved', async () => {
    const values = lines('zombie', 40);
    const [zombie, one] = await Promise.all(
      [1, 2].map(async () => await partitionConsumer(pool, { specs: [modelSpec()] })),
    );
    if (zombie === undefined || one === undefined) throw new Error('two consumers');
    await readToEnd(zombie, { partition: 2, values: values.slice(0, 10) }, 0);
    await zombie.onRecords(fetched({ partition: 2, values, withheld: () => true }, 10, 40));
    await readToEnd(one, { partition: 2, values: values.slice(0, 25) }, 10);
    await zombie.checkpointAll();
    expect(await position(2)).toMatchObject({ next: 25, last: 24 });
    expect(zombie.rewinds()).toMatchObject([{ partition: 2, nextOffset: 10n }]);
    await readToEnd(zombie, { partition: 2, values }, 10);
    expect(await counted('zombie')).toBe(40);
  });

  it('are stored in time although they keep coming', async () => {
    const log = { partition: 3, values: lines('trickle', 100_000), withheld: () => true };
    const one = await partitionConsumer(pool, { specs: [modelSpec()], checkpointEveryMs: 20 });
    let at = 0;
    await until(
      async () => {
        at = Number((await one.onRecords(fetched(log, at, at + 1))).nextOffset);
        return ((await position(3))?.next ?? 0) > 0;
      },
      { what: 'a checkpoint amid the passing', everyMs: 1 },
    );
    expect(at).toBeLessThan(log.values.length);
  });

  it('are read over once more after a start, and what follows them counts once', async () => {
    const log = { partition: 4, values: lines('again', 60), withheld: (offset: number) => offset % 20 >= 5 };
    await readToEnd(await partitionConsumer(pool, { specs: [modelSpec()] }), log, 0, 7);
    const one = await partitionConsumer(pool, { specs: [modelSpec()] });
    const [stored] = await one.onAssigned([
      { source: LOG_SOURCE, topic: 'ml.predictions', partition: 4, lowOffset: 0n, highOffset: 60n },
    ]);
    expect(stored?.nextOffset).toBe(44n);
    const longer = { ...log, values: [...log.values, ...lines('again-later', 5)] };
    await readToEnd(one, longer, 44, 7);
    expect([await counted('again'), await counted('again-later')]).toEqual([15, 5]);
    expect(await position(4)).toMatchObject({ next: 65, last: 64 });
  });

  it('deleted unread are told of at the second look, although no record follows', async () => {
    const log = { partition: 5, values: lines('deleted', 30) };
    const one = await partitionConsumer(pool, { specs: [modelSpec()], alertChannels: ['oncall-mail'] });
    await readToEnd(one, log, 0);
    const told = async () =>
      (await newestIncidents(pool)).flatMap(({ partition, kind, from_offset: from, to_offset: to }) =>
        partition === 5 ? { kind, from, to } : [],
      );
    await one.onIdle([lagOf(5, 70, 70)]);
    expect(await told()).toEqual([]);
    await one.onIdle([lagOf(5, 70, 70)]);
    await one.onIdle([lagOf(5, 70, 70)]);
    expect(await told()).toEqual([{ kind: 'records_lost', from: '30', to: '70' }]);
    expect(await position(5)).toMatchObject({ next: 70 });
    const values = [...log.values, ...lines('gone', 40), ...lines('left', 5)];
    await readToEnd(one, { partition: 5, values, low: 70 }, 70);
    expect([await counted('gone'), await counted('left'), (await told()).length]).toEqual([0, 5, 1]);
  });

  it('are no loss while what was read of them is still to be stored', async () => {
    const values = lines('slow', 30);
    const one = await partitionConsumer(pool, { specs: [modelSpec()] });
    await readToEnd(one, { partition: 6, values: values.slice(0, 10) }, 0);
    await one.onRecords(fetched({ partition: 6, values }, 10, 30));
    for (let looks = 0; looks < 3; looks += 1) await one.onIdle([lagOf(6, 30, 30)]);
    await one.checkpointAll();
    expect(await counted('slow')).toBe(30);
    expect((await newestIncidents(pool)).filter(({ partition }) => partition === 6)).toEqual([]);
  });

  it('leave nothing uncounted', async () => {
    await expectConserved(pool);
  });
});
