import { describe, expect, it } from 'vitest';
import { openDuckDb } from '../../../src/ingest/table/database.ts';
import { columnsWithFractions } from '../../../src/ingest/table/summary/fractions.ts';
import { readTable } from '../../../src/ingest/table/read-table.ts';
import { parquetRelation } from '../../../src/ingest/table/relation.ts';
import { feature, parquetFile, testFolder } from './files.ts';

const ROWS = 5000;
/** Fractions in the first row, in the last one, and nowhere; a text, and a whole number that is nobody's. */
const SELECT = `SELECT
  CASE WHEN i = 0 THEN 0.5 ELSE i % 2 END::DOUBLE AS early,
  CASE WHEN i = ${ROWS - 1} THEN 0.5 ELSE i % 2 END::DOUBLE AS late,
  (i % 2)::DOUBLE AS flag,
  CASE WHEN i % 3 = 0 THEN NULL ELSE 'NaN'::DOUBLE END AS nothing,
  'word' AS text,
  i AS number
FROM range(${ROWS}) t(i)`;

async function found(path: string): Promise<string[]> {
  const database = await openDuckDb(testFolder());
  try {
    const { from, columns } = await parquetRelation(database.connection, path);
    return [...(await columnsWithFractions(database.connection, from, columns))].map(({ name }) => name);
  } finally {
    database.close();
  }
}

describe('fractions', () => {
  it('are seen in the first rows of columns of numbers', async () => {
    expect(await found(await parquetFile(SELECT))).toEqual(['early']);
  });

  it('are looked for in more columns than one query takes', async () => {
    const many = Array.from({ length: 300 }, (_, at) => `${at % 7 === 0 ? 'i + 0.5' : 'i'} AS c${at}`);
    const names = await found(await parquetFile(`SELECT ${many.join(', ')} FROM range(10) t(i)`));
    expect(names).toEqual(Array.from({ length: 43 }, (_, at) => `c${7 * at}`));
  });

  it('say of a column what all of its rows say, wherever they are', async () => {
    const read = await readTable(await parquetFile(SELECT));
    expect([...read.shape.flags]).toEqual(['flag']);
    for (const name of ['early', 'late', 'flag', 'nothing'])
      expect(feature(read, name)).toMatchObject({ kind: 'numeric', invalid: 0 });
    expect([...read.shape.leftOut]).toEqual(['number']);
  });
});
