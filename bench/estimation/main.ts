/**
 * How close estimates without labels come to what the labels then say, beside the constant line "as on the baseline".
 *
 *   node bench/estimation/main.ts <folder with the data sets>
 */
import { estimatePerformance } from '../../src/compare/estimation/estimate.ts';
import type { Table } from '../../src/core/table.ts';
import { classificationFigures } from '../../src/stats/performance/classification-figures.ts';
import { isMeasured } from '../../src/stats/performance/measured.ts';
import { classificationSample } from '../../src/stats/performance/sample-of-table.ts';
import { adult, californiaHousing, carLoan, electricity } from './data-sets.ts';
import type { DataSet } from './data-sets.ts';

const METRICS = ['accuracy', 'f1', 'roc_auc', 'pr_auc', 'log_loss'] as const;

function realised(table: Table, positiveClass: string): Map<string, number> {
  const sample = classificationSample(table, positiveClass);
  if (sample === null) throw new Error('no labels');
  return new Map(
    [...classificationFigures(sample)].flatMap(([name, figure]) =>
      isMeasured(figure) ? [[name, figure.value] as const] : [],
    ),
  );
}

/** The score taken for the probability that it may not be. */
function uncalibratedAccuracy({ score, prediction }: Table, positiveClass: string): number {
  if (score === null || prediction === null || prediction.kind === 'numeric') throw new Error('no scores');
  let sum = 0;
  for (const [row, p] of score.values.entries()) {
    sum += prediction.levels[prediction.codes[row] ?? -1] === positiveClass ? p : 1 - p;
  }
  return sum / score.values.length;
}

const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

function measure({ name, positiveClass, reference, chunks }: DataSet): void {
  const baseline = realised(reference, positiveClass);
  const errors = new Map(
    METRICS.map((metric) => [
      metric,
      { cbpe: [] as number[], constant: [] as number[], covered: [] as number[] },
    ]),
  );
  const raw: number[] = [];
  const shares = new Map<string, number[]>();
  let refuted = 0;
  for (const chunk of chunks) {
    const truth = realised(chunk, positiveClass);
    const unlabelled = { ...chunk, label: null };
    const options = { task: 'classification', positiveClass, minLabelled: 200 } as const;
    const estimates = estimatePerformance(reference, unlabelled, options);
    const later = estimatePerformance(reference, chunk, options);
    if (estimates === null || later === null) throw new Error('nothing was estimated');
    if (later.metrics['accuracy']?.reason === 'refuted_by_labels') refuted++;
    for (const metric of METRICS) {
      const real = truth.get(metric) ?? Number.NaN;
      const estimate = estimates.metrics[metric];
      const [low = 0, high = 0] = estimate?.interval ?? [];
      errors.get(metric)?.cbpe.push(Math.abs((estimate?.value ?? Number.NaN) - real));
      errors.get(metric)?.constant.push(Math.abs((baseline.get(metric) ?? Number.NaN) - real));
      errors.get(metric)?.covered.push(low <= real && real <= high ? 1 : 0);
    }
    raw.push(Math.abs(uncalibratedAccuracy(chunk, positiveClass) - (truth.get('accuracy') ?? 0)));
    const { label } = chunk;
    if (label === null || label.kind === 'numeric') continue;
    const at = label.levels.indexOf(positiveClass);
    const share = label.codes.reduce((sum, code) => sum + (code === at ? 1 : 0), 0) / chunk.rows;
    for (const { method, classes, valid } of estimates.labels) {
      const found = classes.find(({ class: each }) => each === positiveClass);
      const said = found?.estimated ?? null;
      const list = shares.get(method) ?? [];
      shares.set(method, list);
      if (said !== null) list.push(Math.abs(said - share));
      const ok = shares.get(`${method} valid`) ?? [];
      shares.set(`${method} valid`, ok);
      ok.push(valid ? 1 : 0);
      const none = shares.get('none') ?? [];
      shares.set('none', none);
      if (method === 'em') none.push(Math.abs((found?.reference ?? 0) - share));
    }
  }
  console.log(
    `${name}: ${reference.rows} baseline rows, ${chunks.length} chunks of ${chunks[0]?.rows ?? 0}; refuted by labels in ${refuted}`,
  );
  for (const [metric, { cbpe, constant, covered }] of errors) {
    const also = metric === 'accuracy' ? `  uncalibrated ${mean(raw).toFixed(4)}` : '';
    console.log(
      `  ${metric.padEnd(10)} CBPE ${mean(cbpe).toFixed(4)}  constant ${mean(constant).toFixed(4)}  in interval ${mean(covered).toFixed(1)}${also}`,
    );
  }
  for (const [method, values] of shares)
    console.log(`  label share, ${method.padEnd(10)} ${mean(values).toFixed(4)}`);
}

const [folder] = process.argv.slice(2);
if (folder === undefined)
  throw new Error('say where the data sets are: node bench/estimation/main.ts <folder>');
for (const load of [carLoan, californiaHousing, adult, electricity]) measure(await load(folder));
