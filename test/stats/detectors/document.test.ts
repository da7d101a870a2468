import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  electricityDelays,
  errorTable,
  markdown,
  numberTable,
  realTable,
  registryTable,
  windowTable,
} from './measure.ts';

const read = (page: string) => readFileSync(new URL(`../../../docs/${page}`, import.meta.url), 'utf8');

it('docs/detectors.md has the detectors there are', () => {
  expect(read('detectors.md')).toContain(`\n${markdown(registryTable())}\n\n`);
});

/** The record quotes what is measured; `node test/stats/detectors/measure.ts` prints it anew. */
describe('docs/records/detectors.md', () => {
  const text = read('records/detectors.md');
  it.each([errorTable, numberTable, realTable, windowTable, electricityDelays])(
    'holds what %o gives',
    { timeout: 600_000 },
    (table) => {
      expect(text).toContain(`\n${markdown(table())}\n\n`);
    },
  );
});
