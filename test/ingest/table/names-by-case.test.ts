/** Names that differ only in case are different names, whatever the database makes of them. */
import { describe, expect, it } from 'vitest';
import { readTable } from '../../../src/ingest/table/read-table.ts';
import { cells, feature, fileWith, jsonLines } from './files.ts';

/** Written by pyarrow 21: age, a struct, Age, AGE; two rows. */
const PARQUET =
  'UEFSMRUAFSwVLCwVBBUAFQYVBhwAAAACAAAABAEBAAAAAAAAAAIAAAAAAAAAFQAVLBUsLBUEFQAVBhUGHAAAAAIAAAAEAgEA' +
  'AAAAAAAAAwAAAAAAAAAVABUsFSwsFQQVABUGFQYcAAAAAgAAAAQCAgAAAAAAAAAEAAAAAAAAABUAFSwVLCwVBBUAFQYVBhwA' +
  'AAACAAAABAEAAAAAAAAEQAAAAAAAAAxAFQAVIBUgLBUEFQAVBhUGHAAAAAIAAAAEAQEAAABhAQAAAGIVBBl8NQAYBnNjaGVt' +
  'YRUIABUEJQIYA2FnZQA1AhgCaW4VBAAVBCUCGAF4ABUEJQIYAXkAFQolAhgDQWdlABUMJQIYA0FHRSUATBwAAAAWBBkcGVwm' +
  'ABwVBBklBgAZGANhZ2UVABYEFlIWUiYISRwVABUAFQIAPCkGGSYABAAAACYAHBUEGSUGABkoAmluAXgVABYEFlIWUiZaSRwV' +
  'ABUAFQIAPCkGGTYAAAQAAAAmABwVBBklBgAZKAJpbgF5FQAWBBZSFlImrAFJHBUAFQAVAgA8KQYZNgAABAAAACYAHBUKGSUG' +
  'ABkYA0FnZRUAFgQWUhZSJv4BSRwVABUAFQIAPCkGGSYABAAAACYAHBUMGSUGABkYA0FHRRUAFgQWRhZGJtACSRwVABUAFQIA' +
  'PBYEGQYZJgAEAAAAFo4DFgQmCBaOAwAoIHBhcnF1ZXQtY3BwLWFycm93IHZlcnNpb24gMjYuMC4xGVwcAAAcAAAcAAAcAAAc' +
  'AAAAeAEAAFBBUjE=';

const ROWS = [
  { age: 1, Age: 2.5, AGE: 'a', 'a/b~c': true },
  { age: 2, Age: 3.5, AGE: 'b', 'a/b~c': false, A: 7 },
];

describe('names that differ only in case', () => {
  it.each([
    ['one object a line', 'rows.jsonl', jsonLines(ROWS)],
    ['a list of objects', 'rows.json', JSON.stringify(ROWS)],
    ['CSV', 'rows.csv', 'age,Age,AGE,a/b~c,A\n1,2.5,a,true,\n2,3.5,b,false,7\n'],
  ])('are columns of their own: %s', async (_, name, content) => {
    const read = await readTable(fileWith(name, content));
    expect(read.table.features.map((column) => column.name)).toEqual(['age', 'Age', 'AGE', 'a/b~c', 'A']);
    expect(cells(feature(read, 'Age'))).toEqual([2.5, 3.5]);
    expect(cells(feature(read, 'AGE'))).toEqual(['a', 'b']);
    expect(feature(read, 'a/b~c').kind).toBe('boolean');
    expect(cells(feature(read, 'A'))).toEqual([null, 7]);
    expect(read.notes).toEqual([]);
  });

  it('are features of their own in a log, whose ids keep their digits', async () => {
    const lines = ROWS.map(
      ({ age, Age, AGE }, row) =>
        `{"prediction_id":12345678901234567${row}9,"timestamp":"2026-03-01T00:00:00+02:00","prediction":"yes","features":${JSON.stringify({ age, Age, AGE })}}\n`,
    );
    const read = await readTable(fileWith('log.jsonl', lines.join('')));
    expect(read.table.features.map((column) => column.name)).toEqual(['age', 'Age', 'AGE']);
    expect(cells(feature(read, 'Age'))).toEqual([2.5, 3.5]);
    expect(read.table.predictionId).toEqual(['1234567890123456709', '1234567890123456719']);
    expect([...(read.table.timestampMs ?? [])]).toEqual([1772316000000, 1772316000000]);
  });

  it('are columns of their own in Parquet', async () => {
    const read = await readTable(fileWith('rows.parquet', Buffer.from(PARQUET, 'base64')));
    expect(cells(feature(read, 'age'))).toEqual([1, 2]);
    expect(cells(feature(read, 'Age'))).toEqual([2.5, 3.5]);
    expect(cells(feature(read, 'AGE'))).toEqual(['a', 'b']);
  });
});
