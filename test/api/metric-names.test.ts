import { expect, test } from 'vitest';
import { createMetrics } from '../../src/api/metrics.ts';

test('what may go down is no `_total`, and what is one may not', async () => {
  const text = await createMetrics('0').render(null, 0);
  const types = Array.from(text.matchAll(/^# TYPE (\S+) (\S+)$/gm), ([, name, type]) => ({ name, type }));
  expect(types.length).toBeGreaterThan(20);
  const totals = types.filter(({ name }) => name?.endsWith('_total'));
  expect(totals.length).toBeGreaterThan(0);
  expect(totals.filter(({ type }) => type !== 'counter')).toEqual([]);
  expect(text).toMatch(/^nodejs_active_handles\{type="/m);
});
