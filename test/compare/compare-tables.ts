import { compareColumns } from '../../src/compare/compare-columns.ts';
import { compareOutputs } from '../../src/compare/compare-outputs.ts';
import type { CompareOutputsOptions } from '../../src/compare/compare-outputs.ts';
import type { ComparedWindow } from '../../src/compare/compared-window.ts';
import { correctFamily } from '../../src/compare/correct-family.ts';
import { estimatePerformance, withEstimates } from '../../src/compare/estimation/estimate.ts';
import { DEFAULT_COMPARE_OPTIONS } from '../../src/compare/options.ts';
import type { CompareOptions } from '../../src/compare/options.ts';
import { countLabelled } from '../../src/compare/performance.ts';
import type { Table } from '../../src/core/table.ts';

/** Compares two tables in memory with the parts that files are compared with column by column. */
export function compareTables(
  reference: Table,
  current: Table,
  options: CompareOutputsOptions,
): ComparedWindow {
  const chosen: CompareOptions = { ...DEFAULT_COMPARE_OPTIONS, ...options };
  const byName = new Map(current.features.map((column) => [column.name, column]));
  const rows = { reference: reference.rows, current: current.rows };
  const features = reference.features.map((column) =>
    compareColumns(column, byName.get(column.name) ?? null, rows, chosen),
  );
  correctFamily(features, chosen);
  const outputs = compareOutputs(reference, current, options);
  const estimates = estimatePerformance(reference, current, { ...options, minLabelled: chosen.minLabelled });
  const performance = withEstimates(outputs.performance, estimates, countLabelled(reference));
  return { ...outputs, performance, features };
}
