import { describe, expect, test } from 'vitest';
import { lagThatRestores } from '../../../../src/diagnose/faults/rows/lagged-rows.ts';
import { clumping } from '../../../../src/diagnose/faults/rows/clumping.ts';
import { unitRanks } from '../../../../src/diagnose/faults/rows/rank-correlations.ts';
import { pairSamples } from '../../../../src/diagnose/samples/row-samples.ts';
import { draws } from '../../../../src/simulate/draws.ts';
import type { Draws } from '../../../../src/simulate/draws.ts';
import { tableOf } from '../../tables.ts';

/** Each value keeps `phi` of the one before it. */
function following(draw: Draws, rows: number, phi: number): Float64Array {
  let last = draw.normal();
  return Float64Array.from(
    { length: rows },
    () => (last = phi * last + Math.sqrt(1 - phi ** 2) * draw.normal()),
  );
}

describe('rows that follow those before them', () => {
  test('count for the number of independent rows that say as much', () => {
    const draw = draws(71);
    const independent = [following(draw, 4000, 0), following(draw, 4000, 0)].map((each) => unitRanks(each));
    expect(clumping(independent[0]!, independent[1]!)).toBe(1);
    // Bartlett: (1 + φ²)/(1 − φ²).
    const own = [following(draw, 20_000, 0.9), following(draw, 20_000, 0.9)].map((each) => unitRanks(each));
    const expected = (1 + 0.81) / (1 - 0.81);
    expect(clumping(own[0]!, own[1]!) / expected).toBeGreaterThan(0.8);
    expect(clumping(own[0]!, own[1]!) / expected).toBeLessThan(1.25);
  });

  test('correlations that wander by themselves are no lag', () => {
    const draw = draws(72);
    const table = (rows: number, startMs: number): ReturnType<typeof tableOf> => {
      const common = following(draw, rows, 0.995);
      const with_ = (own: number): number[] =>
        Array.from(following(draw, rows, 0.995), (value, row) => own * common[row]! + value);
      return tableOf({
        features: { a: with_(0.5), b: with_(0.5), c: with_(0.5) },
        timestampMs: Array.from({ length: rows }, (_, row) => startMs + row * 60_000),
      });
    };
    let found = 0;
    for (let window = 0; window < 20; window++) {
      const samples = pairSamples(table(4000, 0), table(400, 4000 * 60_000));
      const [block, ...others] = samples.features;
      if (lagThatRestores(samples, [block!], others) !== null) found += 1;
    }
    expect(found).toBe(0);
  });
});
