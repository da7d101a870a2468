import { expect, it } from 'vitest';
import { seenTogether } from '../../src/pipeline/messages/seen-together.ts';
import type { Queryable } from '../../src/store/connection/pool.ts';
import type { JudgedWindow } from '../../src/store/evaluation/evaluations.ts';

it('reads what was stored under former words in those of today', async () => {
  const diagnosis = { types: ['covariate_shift'] };
  const joined = {
    sinceMs: 0,
    windows: 2,
    rows: 9,
    diagnosis,
    features: [{ name: 'age', severity: 'alarm' }],
  };
  const window = { windowId: '1', diagnosis, joined } as unknown as JudgedWindow;
  // Its own rows show it: nothing is asked.
  const seen = await seenTogether({} as Queryable, { series: 'closed', segment: '' }, window);
  expect(seen.joined?.features).toEqual([{ name: 'age', severity: 'critical' }]);
});
