import { beforeAll, expect, it } from 'vitest';
import { composeMail } from '../../../src/act/channels/mail/compose-mail.ts';
import type { NotifyMessage } from '../../../src/core/jobs.ts';
import { silentLog } from '../../../src/core/log.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { newestIncidents } from '../../../src/store/read-models/log-incidents.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { expectConserved } from '../../harness/database/conservation.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { fetched, LOG_SOURCE, partitionConsumer, predictionLine, readToEnd } from '../partition-log.ts';

describeWith(['postgres'], 'a log that is not what it was', () => {
  let pool: Pool;
  beforeAll(async () => {
    const { url } = await createDatabase('log-incidents');
    pool = createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
  });

  const consumer = async () =>
    await partitionConsumer(pool, { specs: [modelSpec()], alertChannels: ['oncall-mail'] });
  const lines = (version: string, count: number): string[] =>
    Array.from({ length: count }, (_, n) => predictionLine(`${version}-${n}`, version));

  async function incidents(partition: number): Promise<object[]> {
    return (await newestIncidents(pool))
      .filter((row) => row.partition === partition)
      .map(({ kind, from_offset: from, to_offset: to, records }) => ({ kind, from, to, records }))
      .reverse();
  }

  async function counted(version: string, db: Pool = pool): Promise<number> {
    const found = await db.query<{ n: number }>(
      `select coalesce(sum(p.rows), 0)::int as n from window_part p join "window" w on w.id = p.window_id
       join model_version v on v.id = w.model_version_id where v.name = $1 and p.segment = ''`,
      [version],
    );
    return found.rows[0]?.n ?? 0;
  }

  async function position(partition: number): Promise<unknown> {
    const found = await pool.query<Record<string, number>>(
      'select next_offset, epoch from source_position where source = $1 and partition = $2',
      [LOG_SOURCE, partition],
    );
    return found.rows[0];
  }

  it('records that retention took are told of once, and reading goes on behind them', async () => {
    const values = lines('lost', 300);
    await readToEnd(await consumer(), { partition: 0, values: values.slice(0, 100) }, 0);
    await readToEnd(await consumer(), { partition: 0, values, low: 150 }, 100);
    await readToEnd(await consumer(), { partition: 0, values, low: 150 }, 0);
    expect(await incidents(0)).toEqual([{ kind: 'records_lost', from: '100', to: '150', records: 50 }]);
    expect(await counted('lost')).toBe(250);
    const told = await pool.query<{ payload: NotifyMessage }>(
      `select payload from outbox where kind = 'notify' and key like 'log_incident:%'`,
    );
    expect(told.rows.map(({ payload }) => payload.channel)).toEqual(['oncall-mail']);
    const notification = told.rows[0]?.payload.notification;
    if (notification === undefined) throw new Error('nobody is told');
    const settings = { from: 'a@example.org', publicUrl: null, host: 'example.org', timeZone: 'UTC' };
    const mail = composeMail(notification, settings, { messageId: '<1@example.org>', to: [] });
    expect(mail.subject).toContain('kafka:ml.predictions partition 0: events missing since');
    expect(mail.text).toContain(
      '50 records were deleted from kafka:ml.predictions, partition 0, before they were read (offsets 100 to 149).',
    );
    expect(await position(0)).toEqual({ next_offset: 300, epoch: 0 });
  });

  it('what was read before the gap is stored before it', async () => {
    const values = lines('held', 40);
    const one = await consumer();
    await one.onRecords(fetched({ partition: 1, values }, 0, 10));
    await readToEnd(one, { partition: 1, values, low: 20 }, 10);
    expect(await incidents(1)).toEqual([{ kind: 'records_lost', from: '10', to: '20', records: 10 }]);
    expect(await counted('held')).toBe(30);
  });

  it('holes of compaction and transactions are no loss', async () => {
    const values = lines('holes', 30);
    const one = await consumer();
    await readToEnd(one, { partition: 2, values: values.slice(0, 10) }, 0);
    // The client stepped over control records by itself, twice.
    const jumped = { ...fetched({ partition: 2, values }, 13), fromOffset: 13n };
    expect((await one.onRecords(jumped)).nextOffset).toBe(10n);
    expect((await one.onRecords(jumped)).nextOffset).toBe(30n);
    await one.checkpointAll();
    expect(await incidents(2)).toEqual([]);
    expect(await counted('holes')).toBe(27);
  });

  it('a log that was never read has lost nothing', async () => {
    const values = lines('never', 30);
    const one = await consumer();
    await one.onAssigned([
      { source: LOG_SOURCE, topic: 'ml.predictions', partition: 3, lowOffset: 5n, highOffset: 30n },
    ]);
    await readToEnd(one, { partition: 3, values, low: 10 }, 5);
    expect(await incidents(3)).toEqual([]);
    expect(await counted('never')).toBe(20);
  });

  it('a log that once held its position has lost what it no longer holds, though nothing was ever read from it', async () => {
    const ends = (lowOffset: bigint, highOffset: bigint) => ({
      source: LOG_SOURCE,
      topic: 'ml.predictions',
      partition: 9,
      lowOffset,
      highOffset,
    });
    const first = await consumer();
    await first.onAssigned([ends(30n, 30n)]);
    await first.onIdle([{ ...ends(30n, 30n), position: null, lag: null, observedAtMs: 0 }]);
    const values = lines('silent', 130);
    const second = await consumer();
    await second.onAssigned([ends(90n, 130n)]);
    await readToEnd(second, { partition: 9, values, low: 90 }, 30);
    expect(await incidents(9)).toEqual([{ kind: 'records_lost', from: '30', to: '90', records: 60 }]);
    expect(await counted('silent')).toBe(40);
  });

  it('a shorter log under the same name is read from its beginning, in an epoch of its own', async () => {
    await readToEnd(await consumer(), { partition: 4, values: lines('old', 50) }, 0);
    const anew = { partition: 4, values: lines('anew', 20) };
    const [zombie, one] = [await consumer(), await consumer()];
    await zombie.onRecords(fetched({ partition: 4, values: lines('old', 60) }, 50));
    await readToEnd(one, anew, 50);
    expect(await incidents(4)).toEqual([{ kind: 'log_recreated', from: '50', to: '0', records: 0 }]);
    expect(await counted('anew')).toBe(20);
    expect(await position(4)).toEqual({ next_offset: 20, epoch: 1 });
    // It holds ten records of the old log, for a position that only looks like its own.
    await readToEnd(one, { partition: 4, values: [...anew.values, ...lines('more', 30)] }, 20);
    expect(await position(4)).toEqual({ next_offset: 50, epoch: 1 });
    await zombie.checkpointAll();
    expect(await counted('old')).toBe(50);
    // The same offsets once more, into windows that know them from the first log.
    expect(await counted('more')).toBe(30);
  });

  it('a longer log under the same name shows by the record that was read last', async () => {
    await readToEnd(await consumer(), { partition: 5, values: lines('short', 40) }, 0);
    const one = await consumer();
    const values = lines('longer', 90);
    const [stored] = await one.onAssigned([
      { source: LOG_SOURCE, topic: 'ml.predictions', partition: 5, lowOffset: 0n, highOffset: 90n },
    ]);
    expect(stored?.nextOffset).toBe(39n);
    await readToEnd(one, { partition: 5, values }, 39);
    expect(await incidents(5)).toEqual([{ kind: 'log_recreated', from: '40', to: '0', records: 0 }]);
    expect(await counted('longer')).toBe(90);
  });

  it('an empty log under the same name shows by its end, at the second look', async () => {
    const one = await consumer();
    await readToEnd(one, { partition: 6, values: lines('gone', 30) }, 0);
    const ends = {
      source: LOG_SOURCE,
      topic: 'ml.predictions',
      partition: 6,
      position: 30n,
      lowOffset: 0n,
      highOffset: 0n,
      lag: 0n,
      observedAtMs: 0,
    };
    await one.onIdle([ends]);
    expect(await incidents(6)).toEqual([]);
    await one.onIdle([ends]);
    expect(await incidents(6)).toEqual([{ kind: 'log_recreated', from: '30', to: '0', records: 0 }]);
    await one.onIdle([ends]);
    expect(await incidents(6)).toHaveLength(1);
    await readToEnd(one, { partition: 6, values: lines('filled', 5) }, 0);
    expect(await counted('filled')).toBe(5);
  });

  it('reading from the end begins there, also when the first fetch began elsewhere', async () => {
    const values = lines('latest', 40);
    // A database that does not know the topic: of one that it knows, another partition would be new.
    const { url } = await createDatabase('from_the_end');
    const own = createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
    atEnd(() => own.end());
    const one = await partitionConsumer(own, { specs: [modelSpec()], startAtEnd: true });
    const [stored] = await one.onAssigned([
      { source: LOG_SOURCE, topic: 'ml.predictions', partition: 7, lowOffset: 0n, highOffset: 30n },
    ]);
    expect(stored?.nextOffset).toBe(30n);
    await readToEnd(one, { partition: 7, values }, 0);
    expect(await counted('latest', own)).toBe(10);
  });

  it('a checkpoint that takes too long is given up, and tried with fewer events', async () => {
    const values = lines('slow', 200);
    const log = { partition: 8, values };
    const told: string[] = [];
    const warn = (_fields: object, message: string): void => void told.push(message);
    const setup = { specs: [modelSpec()], transactionWithinMs: 300, log: { ...silentLog, warn } };
    const one = await partitionConsumer(pool, setup);
    await one.onRecords(fetched(log, 0));
    const blocker = await pool.connect();
    await blocker.query('begin');
    await blocker.query('lock table window_part in access exclusive mode');
    await expect(one.checkpointAll()).rejects.toThrow('took longer than 300 ms');
    await blocker.query('rollback');
    blocker.release();
    // Half of what was too much, and not of what would have been allowed.
    const [, rows] = /a checkpoint took too long; from now on it holds (\d+) rows/.exec(told.join()) ?? [];
    expect(Number(rows)).toBeLessThan(120);
    await readToEnd(one, log, 200);
    await readToEnd(one, log, 0);
    expect(await counted('slow')).toBe(200);
    const left = await pool.query(`select 1 from pg_stat_activity
      where datname = current_database() and state like 'idle in transaction%'`);
    expect(left.rows).toEqual([]);
  });

  it('has lost and doubled nothing that it read', async () => {
    await expectConserved(pool);
  });
});
