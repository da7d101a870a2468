import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { FeatureValue } from '../../src/core/events/events.ts';
import { writeParquet } from '../../src/ingest/table/formats/parquet-file.ts';
import type { LabelledRow } from '../../src/labels/labelled-row.ts';
import { ParquetLines } from '../../src/pipeline/predictions/parquet-lines.ts';
import { parquetContent, testFolder } from '../ingest/table/files.ts';

const AT = Date.UTC(2026, 2, 1, 12);

async function written(rows: readonly Record<string, FeatureValue>[]): ReturnType<typeof parquetContent> {
  const lines = new ParquetLines();
  const folder = testFolder();
  const text = rows.map((features) =>
    lines.line({
      eventMs: AT,
      modelVersion: '3',
      prediction: '1',
      score: 0.1 + 0.2,
      holdout: false,
      label: { value: 'no', source: 'natural', final: true, atMs: AT },
      features: new Map(Object.entries(features)),
    } satisfies LabelledRow),
  );
  writeFileSync(join(folder, 'rows.jsonl'), text.join(''));
  const file = join(folder, "it's.parquet");
  await writeParquet(join(folder, 'rows.jsonl'), file, folder, lines.columns());
  return await parquetContent(file);
}

it('holds values as they were sent, in columns of the types they have', async () => {
  const { types, rows } = await written([
    {
      text: '-x',
      n: 3,
      x: 1e-7,
      flag: true,
      day: '2026-03-01',
      id: '6f1c2d3e-0000-4000-8000-000000000001',
      score: 0,
    },
    { text: 'a"b,c\nd', n: -1, x: 5, flag: false, day: '2026-03-02', id: 'ü', gone: null, 'it\'s "it"': 1 },
  ]);
  expect(types).toMatchObject({
    timestamp: 'TIMESTAMP WITH TIME ZONE',
    prediction: 'VARCHAR',
    score: 'DOUBLE',
    label: 'VARCHAR',
    label_final: 'BOOLEAN',
    label_timestamp: 'TIMESTAMP WITH TIME ZONE',
    holdout: 'BOOLEAN',
    text: 'VARCHAR',
    n: 'BIGINT',
    x: 'DOUBLE',
    flag: 'BOOLEAN',
    day: 'VARCHAR',
    id: 'VARCHAR',
    feature_score: 'BIGINT',
    gone: 'VARCHAR',
  });
  const ours = { timestamp: new Date(AT), prediction: '1', score: 0.1 + 0.2, label: 'no', label_final: true };
  expect(rows).toEqual([
    expect.objectContaining({ ...ours, text: '-x', n: 3n, x: 1e-7, day: '2026-03-01', feature_score: 0n }),
    expect.objectContaining({
      ...ours,
      text: 'a"b,c\nd',
      n: -1n,
      x: 5,
      id: 'ü',
      'it\'s "it"': 1n,
      gone: null,
    }),
  ]);
});

it('writes JSON where the values of a column are of several kinds, so that 1 is not "1"', async () => {
  const { types, rows } = await written([{ code: 1 }, { code: '1' }, { code: true }, { code: null }]);
  expect(types['code']).toBe('JSON');
  expect(rows.map(({ code }) => code)).toEqual(['1', '"1"', 'true', null]);
});

it('keeps names that SQL would take for one, and has its columns without a row, too', async () => {
  const { rows } = await written([{ age: 1, Age: 2 }]);
  expect(Object.values(rows[0] ?? {}).slice(-2)).toEqual([1n, 2n]);
  const nothing = await written([]);
  expect([nothing.rows, Object.keys(nothing.types).slice(0, 4)]).toEqual([
    [],
    ['timestamp', 'prediction', 'score', 'label'],
  ]);
});
