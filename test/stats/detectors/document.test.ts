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

const text = readFileSync(new URL('../../../docs/detectors.md', import.meta.url), 'utf8');

/** The page quotes what is measured; `node test/stats/detectors/measure.ts` prints it anew. */
describe('docs/detectors.md', () => {
  it.each([registryTable, errorTable, numberTable, realTable, windowTable, electricityDelays])(
    'holds what %o gives',
    { timeout: 600_000 },
    (table) => {
      expect(text).toContain(`\n${markdown(table())}\n\n`);
    },
  );
});
