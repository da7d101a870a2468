import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { countBuffersIntoHeapLimit } from '../../src/pipeline/serve/buffers-in-limit.ts';

const collections = (counted: 'yes' | 'no'): number =>
  Number(execFileSync(process.execPath, [join(import.meta.dirname, 'grow-buffers.ts'), counted]));

it('buffers that come and go make V8 collect its heap less often', () => {
  expect(collections('yes')).toBeLessThan(0.8 * collections('no'));
});

it('other releases of Node are told nothing', () => {
  expect(countBuffersIntoHeapLimit('22.18.0')).toBe(false);
});
