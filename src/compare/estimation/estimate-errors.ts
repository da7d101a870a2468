import type { EstimatedMetric } from '../../core/findings.ts';
import type { Table } from '../../core/table.ts';
import { estimateLosses } from '../../stats/estimation/expected-loss.ts';
import type { ExpectedLoss } from '../../stats/estimation/expected-loss.ts';
import { Z_95 } from '../../stats/performance/make-figure.ts';
import { isMeasured } from '../../stats/performance/measured.ts';
import type { Figures } from '../../stats/performance/measured.ts';
import { regressionFigures } from '../../stats/performance/regression-figures.ts';
import { regressionSample } from '../../stats/performance/sample-of-table.ts';
import type { EstimateOptions } from './estimates.ts';
import { finiteFigure } from './finite-figure.ts';

/** More of the rows than this lie where the baseline has none: the loss there is a guess. */
const MAX_BEYOND = 0.05;
/** A realised figure this many standard errors away refutes the estimate (two-sided, one in a thousand). */
const REFUTED_BEYOND = 3.29;

/** Regression: each figure from the loss model, and what later labels have to say about it. */
export function estimateErrors(
  reference: Table,
  current: Table,
  { minLabelled }: EstimateOptions,
): Record<string, EstimatedMetric> {
  const estimates = estimateLosses(reference, current);
  if (estimates === null) return {};
  const before = figuresOf(reference);
  const now = figuresOf(current);
  const { losses, beyond, rows } = estimates;
  const entries = [...losses].map(([name, loss]): [string, EstimatedMetric] => {
    const trouble =
      rows.reference < minLabelled
        ? 'too_few_baseline_labels'
        : beyond > MAX_BEYOND
          ? 'beyond_baseline'
          : isRefuted(loss, name, now, minLabelled)
            ? 'refuted_by_labels'
            : null;
    const known = before?.figures.get(name);
    return [
      name,
      {
        reference: isMeasured(known) ? known.value : null,
        ...finiteFigure(loss.value, loss.interval),
        method: 'dle',
        rows: current.rows,
        valid: trouble === null,
        reason: trouble ?? 'if_concept_stands',
      },
    ];
  });
  return Object.fromEntries(entries);
}

interface Known {
  readonly n: number;
  readonly figures: Figures;
}

function figuresOf(table: Table): Known | null {
  const sample = regressionSample(table);
  return sample === null ? null : { n: sample.n, figures: regressionFigures(sample) };
}

/** Whether the labels that came say otherwise than the estimate, beyond what both may err by chance. */
function isRefuted(loss: ExpectedLoss, name: string, now: Known | null, minLabelled: number): boolean {
  const realised = now === null || now.n < minLabelled ? undefined : now.figures.get(name);
  if (!isMeasured(realised)) return false;
  const error = (loss.interval[1] - loss.interval[0]) / (2 * Z_95);
  const together = Math.hypot(error, realised.standardError);
  return Math.abs(realised.value - loss.value) > REFUTED_BEYOND * together;
}
