import { describe, expect, it } from 'vitest';
import { lowerIsBetter } from '../../src/core/metric-direction.ts';
import { reachedTarget, type CurvePoint } from '../../src/core/retrain/training-curve.ts';
import { createRandom } from '../../src/stats/random.ts';

const TARGET = { metric: 'accuracy', value: 0.9, lowerIsBetter: false, source: 'config' } as const;

function point(value: number, elapsedS: number, rest: Partial<CurvePoint> = {}): CurvePoint {
  return { metric: 'accuracy', value, elapsedS, energyJ: null, cost: null, ...rest };
}

describe('reachedTarget', () => {
  it('is the first moment, and the first energy and cost that are known', () => {
    const points = [
      point(0.8, 10, { energyJ: 100 }),
      point(0.9, 20),
      point(0.93, 30, { energyJ: 300 }),
      point(0.85, 40, { energyJ: 400 }),
      point(0.95, 50, { energyJ: 500, cost: 2 }),
    ];
    expect(reachedTarget(points, TARGET)).toEqual({ elapsedS: 20, energyJ: 300, cost: 2 });
  });

  it('is nothing while the target is not reached, or in another metric', () => {
    expect(reachedTarget([], TARGET)).toBeNull();
    expect(reachedTarget([point(0.899, 1)], TARGET)).toBeNull();
    expect(reachedTarget([point(0.99, 1, { metric: 'val_accuracy' })], TARGET)).toBeNull();
  });

  it('goes down where less is better', () => {
    const loss = { metric: 'loss', value: 0.2, lowerIsBetter: true, source: 'config' } as const;
    const points = [0.5, 0.3, 0.2, 0.1].map((value, at) => point(value, at, { metric: 'loss' }));
    expect(reachedTarget(points, loss)?.elapsedS).toBe(2);
  });

  it('does not depend on the order of arrival', () => {
    const random = createRandom(7);
    const points = Array.from({ length: 50 }, (_, at) => point(random(), at, { energyJ: at * 3 }));
    const expected = reachedTarget(points, TARGET);
    for (let round = 0; round < 20; round += 1) {
      const shuffled = points
        .map((each) => ({ each, place: random() }))
        .toSorted((a, b) => a.place - b.place)
        .map(({ each }) => each);
      expect(reachedTarget(shuffled, TARGET)).toEqual(expected);
    }
  });
});

describe('lowerIsBetter', () => {
  it.each(['loss', 'val_log_loss', 'test/rmse', 'mae', 'Brier', 'eval.error', 'perplexity'])(
    '%s',
    (metric) => {
      expect(lowerIsBetter(metric)).toBe(true);
    },
  );
  it.each(['accuracy', 'roc_auc', 'f1', 'r2', 'precision', 'glossary'])('not %s', (metric) => {
    expect(lowerIsBetter(metric)).toBe(false);
  });
});
