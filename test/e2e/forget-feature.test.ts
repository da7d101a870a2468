/** A feature is forgotten beside a service that reads it from Kafka all the while. */
import { beforeAll, expect, it } from 'vitest';
import { silentLog } from '../../src/core/log.ts';
import { createPool, type Pool } from '../../src/store/connection/pool.ts';
import { atEnd } from '../harness/cleanup.ts';
import { describeWith } from '../harness/describe-with.ts';
import { produce } from '../harness/kafka/kafka.ts';
import { startShiftwatch } from '../harness/process.ts';
import { until } from '../harness/wait.ts';
import { numberPatterns, spellings, tablesHolding, wholeDump } from '../integration/whole-dump.ts';
import { drawHour, type Hour, MODEL, ROWS_PER_HOUR } from './credit-data.ts';
import { type CreditLine, prepareCreditLine } from './credit-line.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS - 3 * DAY_MS;
const FEATURE = 'income';
const FORGET = ['forget', '--feature', FEATURE, '--model', MODEL];

describeWith(['postgres', 'kafka'], 'forgetting a feature beside a service', () => {
  let line: CreditLine;
  let pool: Pool;
  const values: Buffer[] = [];
  const hour = (kind: Hour, index: number): string[] => {
    const { predictions } = drawHour(kind, index, START_MS + index * HOUR_MS);
    const [first] = predictions;
    const { features } = JSON.parse(first!) as { features: { income: number } };
    values.push(...numberPatterns(features.income, 4));
    return predictions;
  };
  const send = async (values: readonly string[]): Promise<void> =>
    await produce(
      line.predictions,
      values.map((value) => ({ value })),
    );
  const rowsOf = async (start: number): Promise<number> => {
    const found = await pool.query<{ rows: number }>(
      `select coalesce(sum(p.rows), 0)::int as rows from window_content p join "window" w on w.id = p.whole_id
       where w.start_at = $1 and p.segment = '' and p.kind = 'input'`,
      [new Date(START_MS + start * HOUR_MS)],
    );
    return found.rows[0]!.rows;
  };
  const isCounted = async (index: number): Promise<void> => {
    await until(async () => (await rowsOf(index)) === ROWS_PER_HOUR, { what: `hour ${index} to be counted` });
  };
  const held = async () =>
    Object.fromEntries(tablesHolding(await wholeDump(pool), [...spellings(FEATURE), ...values]));

  beforeAll(async () => {
    line = await prepareCreditLine('forgotten', { backend: 'postgres' });
    pool = createPool({
      connectionString: line.databaseUrl,
      max: 4,
      applicationName: 'test',
      log: silentLog,
    });
    atEnd(() => pool.end());
    await line.command('baseline', 'create', 'training.csv', '--model', MODEL, '--version', '1');
    const hours = (['usual', 'usual', 'thousandths', 'thousandths', 'thousandths'] as const).flatMap(hour);
    await send([...hours, `{"model":"${MODEL}","features":{"${FEATURE}":`]);
    const serve = startShiftwatch(['serve'], { folder: line.folder });
    await serve.waitForLine(/shiftwatch is up/);
    await line.smtp.waitForMail(({ parsed }) => /income/.test(parsed.text ?? ''), 90_000);
  });

  it('is in many places before', async () => {
    expect(Object.keys(await held())).toEqual(
      expect.arrayContaining([
        'baseline',
        'comparison',
        'dead_letter',
        'measurement',
        'outbox',
        'prediction_chunk',
      ]),
    );
  });

  it('is nowhere after, though logs bring it while it is being forgotten and from then on', async () => {
    const during = send(hour('usual', 5));
    const done = await line.command(...FORGET, '--json');
    expect(done).toMatchObject({ code: 0 });
    expect(JSON.parse(done.stdout)).toMatchObject({
      dry_run: false,
      forgotten: { baselines: 1, unreadable: 0 },
    });
    await during;
    await isCounted(5);
    await send(hour('thousandths', 6));
    await isCounted(6);
    expect(await held()).toEqual({});
    await line.untilItems<{ start: string }>(
      `/verdicts?model=${MODEL}&series=closed&limit=100`,
      (all) => all.some(({ start }) => Date.parse(start) === START_MS + 6 * HOUR_MS),
      'the last hour to be judged',
    );
    expect(await held()).toEqual({});
    const measured = await pool.query<{ name: string }>(
      `select m.name from measurement m join "window" w on w.id = m.window_id
       where w.start_at = $1 and m.subject = 'feature' and m.series = 'closed' and m.segment = '' order by name`,
      [new Date(START_MS + 6 * HOUR_MS)],
    );
    expect(measured.rows.map(({ name }) => name)).toEqual(['applicant_age', 'debt_ratio', 'region']);
    const { stdout } = await line.command('status');
    expect(stdout).toMatch(
      /Forgotten: [\d,]+ values of forgotten features came by kafka:\S+ and were dropped/,
    );
  });

  it('is counted again once that is undone', async () => {
    expect(await line.command(...FORGET, '--undo')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('counted again'),
    });
    await send(hour('usual', 7));
    await isCounted(7);
    expect(Object.keys(await held())).toEqual(expect.arrayContaining(['prediction_chunk']));
  });
});
