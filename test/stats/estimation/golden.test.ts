import { describe, expect, it } from 'vitest';
import { estimateBbse } from '../../../src/stats/estimation/bbse.ts';
import { calibrate, fitCalibrator } from '../../../src/stats/estimation/calibrator.ts';
import { expectedPerformance } from '../../../src/stats/estimation/expected-performance.ts';
import { isMeasured } from '../../../src/stats/performance/measured.ts';
import { carLoans, slice } from '../performance/car-loan.ts';
import type { GoldenTable } from '../performance/car-loan.ts';
import { readVectors } from '../vectors.ts';

describe("CBPE against NannyML's tutorial", () => {
  const { tables } = readVectors('nannyml_golden_tables') as { tables: GoldenTable[] };
  const table = tables.find(({ name }) => name.includes('Estimating Standard Performance'));

  it('gives every estimate of every chunk to the printed digits', () => {
    if (table === undefined) throw new Error('the table is missing');
    const reference = carLoans('reference');
    const monitoring = carLoans('monitoring');
    const calibrator = fitCalibrator(reference.score, reference.label);
    expect(calibrator.curve).not.toBeNull();
    expect(table.rows).toHaveLength(10);
    for (const row of table.rows) {
      const cell = (name: string): number => Number(row[table.columns.indexOf(name)]);
      const { prediction, score } = slice(monitoring, cell('chunk.start_index'), cell('chunk.end_index') + 1);
      const positive = calibrate(calibrator, score);
      const figures = expectedPerformance(
        {
          classes: ['0', '1'],
          predictions: prediction,
          probabilities: [positive.map((p) => 1 - p), positive],
          scores: [null, score],
        },
        '1',
      );
      for (const metric of ['roc_auc', 'accuracy', 'f1']) {
        const figure = figures.get(metric);
        const what = `${metric} from ${cell('chunk.start_index')}`;
        if (!isMeasured(figure)) throw new Error(`no ${what}`);
        expect(Math.abs(figure.value - cell(`${metric}.value`)), what).toBeLessThan(1e-6);
      }
    }
  });
});

describe('BBSE against its vectors', () => {
  const { vectors } = readVectors('label_shift_bbse') as {
    vectors: {
      name: string;
      reference: { confusion_pred_by_true: number[][] };
      current: { pred_counts: number[] };
      expected: { w: number[]; q_clipped_normalised?: number[]; q: number[] };
      recomputed?: { true_q: number[]; condition_number: number };
    }[];
  };

  it.each(vectors.map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
    const found = estimateBbse({
      classes: ['0', '1'],
      confusion: vector.reference.confusion_pred_by_true,
      predictions: vector.current.pred_counts,
    });
    expect(found.valid).toBe(true);
    for (const [k, share] of (vector.expected.q_clipped_normalised ?? vector.expected.q).entries()) {
      expect(found.estimate?.[k]).toBeCloseTo(share, 12);
      expect(found.weights?.[k]).toBeCloseTo(vector.expected.w[k] ?? Number.NaN, 12);
    }
    if (vector.recomputed !== undefined) {
      expect(found.conditionNumber).toBeCloseTo(vector.recomputed.condition_number, 12);
    }
  });
});
