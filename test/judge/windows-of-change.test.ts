import { expect, test } from 'vitest';
import type { FeatureComparison } from '../../src/core/findings.ts';
import { windowsOfChange } from '../../src/judge/pool-windows.ts';

const moved = (p_value: number, since_windows: number): FeatureComparison =>
  ({ pooled: { p_value, since_windows, size: { estimate: 0.5, upper: 0.6 } } }) as FeatureComparison;

test('a change began where the column that shows it most clearly says, whatever the vaguest does', () => {
  expect(windowsOfChange([moved(1e-4, 14), moved(1e-30, 1), moved(1e-12, 4)])).toBe(1);
  expect(windowsOfChange([])).toBe(1);
});
