import { expect, it } from 'vitest';
import { openDuckDb } from '../../../src/ingest/table/database.ts';
import { testFolder } from './files.ts';

const VARIABLE = 'DUCKDB_JE_MALLOC_CONF';

it('tells the allocator of the database to give back what is free, unless somebody said otherwise', async () => {
  delete process.env[VARIABLE];
  (await openDuckDb(testFolder())).close();
  expect(process.env[VARIABLE]).toBe('narenas:1,dirty_decay_ms:20,muzzy_decay_ms:0');
  process.env[VARIABLE] = 'dirty_decay_ms:5000';
  (await openDuckDb(testFolder())).close();
  expect(process.env[VARIABLE]).toBe('dirty_decay_ms:5000');
});
