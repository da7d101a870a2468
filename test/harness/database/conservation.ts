import { expect } from 'vitest';
import type { Pool } from '../../../src/store/connection/pool.ts';
import { conservation } from '../../../src/store/read-models/conservation.ts';

/** Every event that was read has ended in exactly one place; returns what of each type became. */
export async function expectConserved(pool: Pool): Promise<Record<string, Record<string, number>>> {
  const rows = await conservation(pool);
  expect(
    rows.map(({ event_type: type, unaccounted }) => ({ type, unaccounted })),
    'events read minus events that ended somewhere',
  ).toEqual(rows.map(({ event_type: type }) => ({ type, unaccounted: 0 })));
  return Object.fromEntries(
    rows.map(({ event_type: type, unaccounted: _none, ...counts }) => [
      type,
      Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0)),
    ]),
  );
}
