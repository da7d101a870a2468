import { expect, it } from 'vitest';
import { windowsWithRows } from '../../src/pipeline/evaluate/judge-incident.ts';

it('counts the windows that a verdict is on as those in a row are counted: without the ones in which nothing came', () => {
  expect(windowsWithRows([{ rows: 485 }, { rows: 0 }, { rows: 401 }])).toBe(3);
  expect(windowsWithRows([{ rows: 0 }])).toBe(1);
});
