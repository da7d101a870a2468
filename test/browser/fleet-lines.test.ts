import { expect, test } from 'vitest';
import { fleetLines } from '../../src/browser/screens/fleet/fleet-lines.ts';

test('headings of groups stand among the models, and each knows its place', () => {
  const group = (value: string | null, models: number) => ({ value, models, needing: 0 });
  const groups = [group('growth', 2), group('risk', 1), group(null, 1)];
  const lines = fleetLines({ total: 4, groups });
  expect(lines.count).toBe(7);
  expect(Array.from({ length: lines.count }, (_, n) => lines.at(n))).toEqual([
    { kind: 'group', place: 0, group: groups[0] },
    { kind: 'model', place: 0 },
    { kind: 'model', place: 1 },
    { kind: 'group', place: 2, group: groups[1] },
    { kind: 'model', place: 2 },
    { kind: 'group', place: 3, group: groups[2] },
    { kind: 'model', place: 3 },
  ]);
});

test('without groups a line is a model', () => {
  const lines = fleetLines({ total: 3, groups: [] });
  expect([lines.count, lines.at(2)]).toEqual([3, { kind: 'model', place: 2 }]);
});
