import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { toBigint } from '../../../src/core/ids/id-hash.ts';
import {
  codedTextArray,
  float8Array,
  int4Array,
  int8Array,
  numberedTextArray,
  textArray,
  timestampArray,
} from '../../../src/store/connection/binary-array.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';

describeWith(['postgres'], 'binary arrays', () => {
  let pool: Pool;
  beforeAll(async () => {
    const { url } = await createDatabase('binary_array');
    pool = createPool({ connectionString: url, max: 1, applicationName: 'test', log: silentLog });
  });
  afterAll(async () => await pool.end());

  test('Postgres reads what was written', async () => {
    const row = fc.record({
      high: fc.integer(),
      low: fc.integer(),
      int: fc.integer(),
      ms: fc.integer({ min: 0, max: Date.UTC(2200, 0) }),
      float: fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Infinity, -Infinity, -0)),
      text: fc.option(
        fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\u0000', '')),
        { nil: null },
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 30 }), async (rows) => {
        const at = <K extends keyof (typeof rows)[number]>(index: number, key: K) => rows[index]?.[key];
        const found = await pool.query<Record<string, unknown[]>>(
          `select array(select i::text from unnest($1::bigint[]) i) as ids,
             array(select i from unnest($2::int[]) i) as ints,
             array(select (extract(epoch from t) * 1000)::text from unnest($3::timestamptz[]) t) as times,
             array(select f from unnest($4::float8[]) f) as floats,
             array(select t from unnest($5::text[]) t) as texts`,
          [
            int8Array(
              rows.length,
              (i) => at(i, 'high') ?? 0,
              (i) => at(i, 'low') ?? 0,
            ),
            int4Array(rows.length, (i) => at(i, 'int') ?? 0),
            timestampArray(rows.length, (i) => at(i, 'ms') ?? 0),
            float8Array(rows.length, (i) => at(i, 'float') ?? 0),
            textArray(rows.map(({ text }) => text)),
          ],
        );
        const read = found.rows[0];
        expect(read?.['ids']).toEqual(rows.map(({ high, low }) => String(toBigint(high, low))));
        expect(read?.['ints']).toEqual(rows.map(({ int }) => int));
        expect(read?.['times']?.map(Number)).toEqual(rows.map(({ ms }) => ms));
        expect(read?.['floats']).toEqual(rows.map(({ float }) => (Number.isNaN(float) ? null : float)));
        expect(read?.['texts']).toEqual(rows.map(({ text }) => text));
      }),
      { numRuns: 60 },
    );
  });

  test('Postgres reads texts that were written out once', async () => {
    const texts = ['', 'é', 'kafka:labels/000003/'];
    const row = fc.record({
      code: fc.integer({ min: -1, max: 2 }),
      number: fc.oneof(fc.nat(), fc.maxSafeNat(), fc.constantFrom(0, 9, 10, Number.MAX_SAFE_INTEGER)),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 30 }), async (rows) => {
        const code = (i: number) => rows[i]?.code ?? -1;
        const found = await pool.query<Record<string, unknown[]>>(
          `select array(select t from unnest($1::text[]) t) as texts, array(select t from unnest($2::text[]) t) as numbered`,
          [
            codedTextArray(texts, rows.length, code),
            numberedTextArray(texts, rows.length, code, 20, (i) => rows[i]?.number ?? 0),
          ],
        );
        const text = (of: number) => texts[of] ?? null;
        expect(found.rows[0]?.['texts']).toEqual(rows.map((each) => text(each.code)));
        expect(found.rows[0]?.['numbered']).toEqual(
          rows.map((each) =>
            each.code < 0 ? null : `${text(each.code)}${String(each.number).padStart(20, '0')}`,
          ),
        );
      }),
      { numRuns: 40 },
    );
  });
});
