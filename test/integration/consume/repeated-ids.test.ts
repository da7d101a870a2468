/** A file sent again from somewhere else, with more ids than are remembered: each counts once, and the partition goes on. */
import { expect, it } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../src/decode/limits.ts';
import { createAcceptEvents } from '../../../src/pipeline/intake/accept-events.ts';
import { IdLedger } from '../../../src/pipeline/intake/id-ledger.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { SegmentRegistry } from '../../../src/window/segments.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { partitionConsumer, predictionLine, readToEnd, RECEIVED_MS } from '../partition-log.ts';

const REMEMBERED = 1_000;
const ROWS = 5_000;

describeWith(['postgres'], 'more repeated ids than are remembered', () => {
  const lines = Array.from({ length: ROWS }, (_, i) => predictionLine(`sent-${i}`, '1'));
  const fresh = Array.from({ length: 100 }, (_, i) => predictionLine(`fresh-${i}`, '1'));

  async function database(): Promise<Pool> {
    const { url } = await createDatabase('repeated_ids');
    const pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    return pool;
  }
  const counted = async (pool: Pool) =>
    (
      await pool.query<{ outcome: string; count: number }>(
        `select outcome, sum(count)::int as count from event_count where event_type = 'prediction' group by outcome order by outcome`,
      )
    ).rows;

  it('of another partition are duplicates, and what comes behind them counts', async () => {
    const pool = await database();
    const consumer = await partitionConsumer(pool, { specs: [modelSpec()], remember: REMEMBERED });
    /** Reads as the source does, which goes back where it is told to. Answers how often it was. */
    const read = async (partition: number, values: readonly string[], records: number): Promise<number> => {
      let from = 0;
      for (let back = 0; back < 10; back++) {
        await readToEnd(consumer, { partition, values }, from, records);
        const rewind = consumer.rewinds().find((each) => each.partition === partition);
        if (rewind === undefined) return back;
        from = Number(rewind.nextOffset);
      }
      throw new Error('the partition stands still');
    };
    expect(await read(0, lines, 100)).toBe(0);
    expect(await read(1, [...lines, ...fresh], 700)).toBe(1);
    // Once more, in the order that is worst for what is remembered.
    expect(await read(2, [...lines.toReversed(), ...fresh], ROWS + fresh.length)).toBe(1);
    expect(await counted(pool)).toEqual([
      { outcome: 'duplicate', count: 2 * ROWS + fresh.length },
      { outcome: 'windowed', count: ROWS + fresh.length },
    ]);
  });

  it('in a body are duplicates', async () => {
    const pool = await database();
    const accept = createAcceptEvents({
      pool,
      catalog: await ModelCatalog.open(pool, [modelSpec()]),
      segments: new SegmentRegistry(),
      ledger: new IdLedger(REMEMBERED),
      limits: DEFAULT_DECODE_LIMITS,
      reevaluateAfterMs: 0,
    });
    const post = async (values: readonly string[]) => {
      const body = Buffer.from(values.join('\n'));
      const answer = await accept({ body, idempotencyKey: null, receivedAtMs: RECEIVED_MS });
      return answer.ok
        ? { accepted: answer.value.accepted, duplicates: answer.value.duplicates }
        : answer.error;
    };
    expect(await post(lines)).toEqual({ accepted: ROWS, duplicates: 0 });
    expect(await post([...lines, ...fresh])).toEqual({ accepted: fresh.length, duplicates: ROWS });
    // What was found again takes no place from what is newer.
    expect(await post(lines)).toEqual({ accepted: 0, duplicates: ROWS });
    expect(await post(fresh)).toEqual({ accepted: 0, duplicates: fresh.length });
  });
});
