import { describe, expect, test } from 'vitest';
import { marginalTest } from '../../src/diagnose/marginal-test.ts';
import { besideConditionalSpread } from '../../src/diagnose/relation/conditional-spread.ts';
import type { ColumnCells } from '../../src/diagnose/samples/row-samples.ts';
import { draws } from '../../src/simulate/draws.ts';
import type { Draws } from '../../src/simulate/draws.ts';

const DAYS = 30;
const EACH = 60;

/** What rows of a day share, in standard deviations of a row; the window is one more day, `moved` away. */
function day(draw: Draws, rows: number, alike: number, moved = 0): number[] {
  const common = alike * draw.normal();
  return Array.from({ length: rows }, () => common + moved + draw.normal());
}

function pOf(
  seed: number,
  { alike, moved = 0, asLevels = false }: { alike: number; moved?: number; asLevels?: boolean },
) {
  const draw = draws(seed);
  const reference = Array.from({ length: DAYS }, () => day(draw, EACH, alike)).flat();
  const current = day(draw, EACH, alike, moved);
  const levelOf = (value: number): number => (value < -0.5 ? 0 : value < 0.5 ? 1 : 2);
  const pair: ColumnCells = asLevels
    ? {
        kind: 'levels',
        name: 'x',
        levels: ['low', 'middle', 'high'],
        reference: Int32Array.from(reference, levelOf),
        current: Int32Array.from(current, levelOf),
      }
    : {
        kind: 'numeric',
        name: 'x',
        reference: Float64Array.from(reference),
        current: Float64Array.from(current),
      };
  const stretch = Int32Array.from(reference, (_, row) => Math.floor(row / EACH));
  const alone = marginalTest(pair).p;
  return {
    alone,
    beside: besideConditionalSpread(pair, alone, { stretch, stretches: { count: DAYS }, currentRows: EACH }),
  };
}

describe.each([
  ['numbers', false],
  ['levels', true],
])('rows of one label, %s', (_, asLevels) => {
  const share = (of: { alike: number; moved?: number }, which: 'alone' | 'beside'): number => {
    const ps = Array.from({ length: 60 }, (_seed, seed) => pOf(seed + 1, { ...of, asLevels })[which]);
    return ps.filter((p) => p < 0.01).length / ps.length;
  };

  test('days that are unlike each other are no change, though rows by themselves say so', () => {
    expect(share({ alike: 0.6 }, 'alone')).toBeGreaterThan(0.25);
    expect(share({ alike: 0.6 }, 'beside')).toBeLessThan(0.05);
  });

  test('a change beyond what days do is seen, and independent rows lose little', () => {
    expect(share({ alike: 0.3, moved: 2 }, 'beside')).toBeGreaterThan(0.9);
    expect(share({ alike: 0, moved: 0.8 }, 'beside')).toBeGreaterThan(0.9);
  });
});
