import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, it } from 'vitest';
import { DAY_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import { readTable } from '../../../src/ingest/table/read-table.ts';
import { sweepLabels } from '../../../src/pipeline/labels/label-joiner.ts';
import { createExportLabelled } from '../../../src/pipeline/predictions/export-labelled.ts';
import {
  exportLabelledData,
  type LabelledDataQuery,
} from '../../../src/pipeline/predictions/labelled-data.ts';
import { mergePredictionBlocks } from '../../../src/pipeline/predictions/merge-predictions.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import type { LabelledRow } from '../../../src/labels/labelled-row.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { versionsOf } from '../../../src/store/read-models/labelled-data.ts';
import { parquetContent } from '../../ingest/table/files.ts';
import { testApi } from '../../api/fakes.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { fetched, labelLine, partitionConsumer, predictionLine, RECEIVED_MS } from '../partition-log.ts';

const SPEC = modelSpec({
  windows: [{ sizeMs: DAY_MS, graceMs: 0, acceptLateMs: 1e13 }],
  segments: ['country'],
});
const PROGRAM = join(import.meta.dirname, '../../../bin/shiftwatch.js');
const DAYS = 3;
const A_DAY = 40;

/** Row i of a day: two versions, two countries, every other one labelled, one of them twice. */
const at = (day: number, i: number): number => RECEIVED_MS - day * DAY_MS + i;
const idOf = (day: number, i: number): string => `p-${day}-${i}`;

describeWith(['postgres'], 'labelled data', () => {
  let pool: Pool;
  let url: string;
  let everything: LabelledDataQuery;

  beforeAll(async () => {
    ({ url } = await createDatabase('labelled_data'));
    pool = createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    const consumer = await partitionConsumer(pool, { specs: [SPEC] });
    const predictions: string[] = [];
    const labels: string[] = [];
    for (let day = 0; day < DAYS; day++) {
      for (let i = 0; i < A_DAY; i++) {
        const country = i % 4 === 0 ? 'FR' : 'DE';
        const features = { age: i, country, note: `=${i}` };
        const version = i % 5 === 0 ? '4' : '3';
        predictions.push(
          predictionLine(idOf(day, i), version, {
            timestamp: at(day, i),
            features,
            score: i / 100,
            ...(i === 4 && { probabilities: { approve: 0.7, deny: 0.2, ask: 0.1 } }),
          }),
        );
        if (i % 2 === 0)
          labels.push(labelLine(idOf(day, i), i % 3 === 0 ? 'deny' : 'approve', { timestamp: RECEIVED_MS }));
      }
    }
    // Corrected later.
    labels.push(labelLine(idOf(0, 2), 'deny', { timestamp: RECEIVED_MS + 5 }));
    const values = [...predictions, ...labels];
    for (let from = 0; from < values.length; from += 25) {
      await consumer.onRecords(fetched({ partition: 0, values }, from, from + 25));
      await consumer.checkpointAll();
    }
    const catalog = await ModelCatalog.open(pool, [SPEC]);
    await sweepLabels({ pool, catalog, reevaluateAfterMs: 0, log: silentLog });
    const found = await versionsOf(pool, SPEC.name, null);
    if (found === null) throw new Error('the model vanished');
    everything = {
      ...found,
      fromMs: 0,
      toMs: RECEIVED_MS + DAY_MS,
      segment: null,
      labelledOnly: true,
      featuresApart: false,
    };
  });

  async function exported(rest: Partial<LabelledDataQuery> = {}): Promise<LabelledRow[]> {
    const rows: LabelledRow[] = [];
    const count = await exportLabelledData(
      pool,
      { ...everything, ...rest },
      {
        write: (some) => {
          rows.push(...some);
          return Promise.resolve();
        },
      },
    );
    expect(count).toBe(rows.length);
    return rows;
  }

  it('holds every labelled prediction once, with its features and the label that counts', async () => {
    const rows = await exported();
    expect(rows).toHaveLength((DAYS * A_DAY) / 2);
    const one = rows.find(({ eventMs }) => eventMs === at(0, 2));
    expect(one).toMatchObject({
      modelVersion: '3',
      prediction: 'approve',
      score: 0.02,
      label: { value: 'deny', source: 'natural', final: true, atMs: RECEIVED_MS + 5 },
    });
    expect([...(one?.features ?? [])]).toEqual([
      ['age', 2],
      ['country', 'DE'],
      ['note', '=2'],
    ]);
    const several = rows.find(({ eventMs }) => eventMs === at(0, 4));
    expect([...(several?.features ?? [])].slice(0, 3)).toEqual([
      ['probability_approve', 0.7],
      ['probability_deny', 0.2],
      ['probability_ask', 0.1],
    ]);
    for (const { eventMs, features, score } of rows) {
      expect(features.get('age')).toBe(Math.round((score ?? 0) * 100));
      expect((eventMs - RECEIVED_MS + DAYS * DAY_MS) % DAY_MS).toBe(features.get('age'));
    }
  });

  it('can be cut by time, segment and version, and hold what has no label', async () => {
    expect(await exported({ labelledOnly: false })).toHaveLength(DAYS * A_DAY);
    expect(await exported({ fromMs: at(1, 0), toMs: at(1, 10) })).toHaveLength(5);
    const french = await exported({ segment: 'country=FR', labelledOnly: false });
    expect(french).toHaveLength((DAYS * A_DAY) / 4);
    expect(french.every(({ features }) => features.get('country') === 'FR')).toBe(true);
    const fourth = new Map([...everything.versions].filter(([, name]) => name === '4'));
    const rows = await exported({ versions: fourth, labelledOnly: false });
    expect(rows).toHaveLength((DAYS * A_DAY) / 5);
    expect(new Set(rows.map(({ modelVersion }) => modelVersion))).toEqual(new Set(['4']));
  });

  it('is the same when blocks have been merged', async () => {
    const byTime = (rows: readonly LabelledRow[]) =>
      rows.toSorted((one, other) => one.eventMs - other.eventMs);
    const before = await exported({ labelledOnly: false });
    await pool.query(`update prediction_block set created_at = now() - interval '2 hours'`);
    while ((await mergePredictionBlocks(pool)) > 0);
    const blocks = await pool.query<{ n: number }>('select count(*)::int as n from prediction_block');
    expect(blocks.rows[0]?.n).toBe(DAYS);
    expect(byTime(await exported({ labelledOnly: false }))).toEqual(byTime(before));
  });

  it('streams over HTTP, and ends with its count and checksum', async () => {
    const catalog = await ModelCatalog.open(pool, [SPEC]);
    const { app } = testApi({ exportLabelled: createExportLabelled(pool, catalog) });
    atEnd(() => app.close());
    const address = await app.listen({ host: '127.0.0.1', port: 0 });
    const get = async (query: string) =>
      await new Promise<{ status: number; type: string; body: string; bytes: Buffer; trailers: object }>(
        (resolve, reject) => {
          request(`${address}/api/v1/labelled-data?model=${SPEC.name}${query}`, (response) => {
            const { statusCode: status = 0, headers } = response;
            const type = String(headers['content-type']);
            buffer(response).then(
              (bytes) =>
                resolve({ status, type, body: bytes.toString(), bytes, trailers: response.trailers }),
              reject,
            );
          })
            .on('error', reject)
            .end();
        },
      );
    const answer = await get('&segment=country%3DFR&all=true');
    expect(answer.status).toBe(200);
    expect(answer.body.trimEnd().split('\n')).toHaveLength(30);
    expect(answer.trailers).toEqual({
      'x-row-count': '30',
      'content-sha256': createHash('sha256').update(answer.body).digest('hex'),
    });

    const parquet = await get('&segment=country%3DFR&all=true&format=parquet');
    expect([parquet.status, parquet.type]).toEqual([200, 'application/vnd.apache.parquet']);
    expect(parquet.trailers).toEqual({
      'x-row-count': '30',
      'content-sha256': createHash('sha256').update(parquet.bytes).digest('hex'),
    });
    const file = join(mkdtempSync(join(tmpdir(), 'shiftwatch-labelled-')), 'rows.parquet');
    writeFileSync(file, parquet.bytes);
    expect((await readTable(file, {})).table.rows).toBe(30);
    const nothing = await get('&from=2031-01-01T00:00:00Z&format=parquet');
    expect([nothing.status, nothing.trailers]).toMatchObject([200, { 'x-row-count': '0' }]);

    expect((await get('&version=nobody')).status).toBe(404);
    const csv = await get('&segment=country%3DFR&all=true&format=csv');
    expect(csv.body.split('\n')[0]).toMatch(/^timestamp,prediction,.*,age,.*country/);
    expect(csv.body.trimEnd().split('\n')).toHaveLength(31);
    expect((await get('&from=2026-03-01')).status).toBe(400);
  });

  it(
    'comes out of the command as a table that the program reads again, with its count and checksum',
    { timeout: 600_000 },
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'shiftwatch-labelled-'));
      const config = join(folder, 'shiftwatch.yaml');
      writeFileSync(
        config,
        JSON.stringify({
          database: url,
          models: [
            { name: SPEC.name, task: 'classification', positive_class: 'approve', segments: ['country'] },
          ],
        }),
      );
      const run = async (...args: string[]) =>
        await promisify(execFile)(
          process.execPath,
          [PROGRAM, 'labelled-data', 'export', '--config', config, '--model', SPEC.name, ...args],
          { maxBuffer: 1e8 },
        );
      const piped = await run();
      const sha256 = createHash('sha256').update(piped.stdout).digest('hex');
      expect(piped.stderr).toBe(`60 rows, sha256 ${sha256}\n`);
      expect(piped.stdout.trimEnd().split('\n')).toHaveLength(60);

      const parquet = join(folder, 'rows.parquet');
      const written = await run('--out', parquet, '--all');
      expect(written.stderr).toContain('120 rows');
      expect(written.stderr).toContain(createHash('sha256').update(readFileSync(parquet)).digest('hex'));
      const { table } = await readTable(parquet, {});
      expect([table.rows, table.features.map(({ name }) => name)]).toEqual([
        120,
        expect.arrayContaining(['age', 'country']),
      ]);
      expect(table.label?.name).toBe('label');
      const { types, rows } = await parquetContent(parquet);
      expect(types).toMatchObject({
        timestamp: 'TIMESTAMP WITH TIME ZONE',
        score: 'DOUBLE',
        label: 'VARCHAR',
        holdout: 'BOOLEAN',
        age: 'BIGINT',
        country: 'VARCHAR',
      });
      expect(new Set(rows.map(({ note }) => note))).toEqual(
        new Set(Array.from({ length: A_DAY }, (_, i) => `=${i}`)),
      );

      // No baseline names the columns: they are those of the rows.
      const csv = await run('--format', 'csv');
      const [header = '', first = '', ...others] = csv.stdout.trimEnd().split('\n');
      expect(others).toHaveLength(59);
      const json = JSON.parse(piped.stdout.split('\n')[0] ?? '') as Record<
        string,
        string | number | boolean | null
      >;
      expect(header.split(',')).toEqual(expect.arrayContaining(Object.keys(json)));
      const cells = first.split(',');
      for (const [i, name] of header.split(',').entries()) {
        // What a spreadsheet would run is quoted for it.
        expect([name, cells[i]]).toEqual([name, String(json[name] ?? '').replace(/^=/, "'=")]);
      }
      await expect(run('--from', 'yesterday')).rejects.toMatchObject({
        stderr: expect.stringContaining('--from yesterday is no time') as string,
      });
    },
  );
});
