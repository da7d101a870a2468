import { expect, test } from 'vitest';
import type { MovedStratum } from '../../src/core/findings.ts';
import { describeStrata } from '../../src/diagnose/evidence.ts';

const old: MovedStratum = {
  feature: 'age',
  range: [61, null],
  class: 'approve',
  share: 0.1,
  reference_rate: 0.603,
  current_rate: 0.393,
  p_value: 1e-6,
};
const young: MovedStratum = { ...old, range: [null, 27], reference_rate: 0.359, current_rate: 0.556 };
const middle: MovedStratum = { ...old, range: [50, 61] };
const ofIncome: MovedStratum = { ...young, feature: 'income' };

test('of a relation that turned both ends are told', () => {
  const said = 'where age is above 61 (share of approve 39.3 %, by the old relation 60.3 %)';
  expect(describeStrata([old, ofIncome, middle, young])).toBe(
    `${said}, and the other way round where age is at most 27 (share of approve 55.6 %, by the old relation 35.9 %)`,
  );
  expect(describeStrata([old, middle, ofIncome])).toBe(said);
});
