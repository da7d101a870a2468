/** The second pass as one thing: a collector for each column that is kept, and the table they make. */
import { classLabel } from '../../core/class-label.ts';
import type { Task } from '../../core/model.ts';
import type { Column, NumericColumn, Table } from '../../core/table.ts';
import { booleanCell, numberCell, textCell, timestampCell } from './cell-sql.ts';
import { idCollector, levelCollector, numberCollector } from './column-collector.ts';
import type { ColumnCollector } from './column-collector.ts';
import type { FileSummary } from './column-summary.ts';
import { outputKind } from './model-output.ts';
import type { PlannedFeature } from './plan-features.ts';
import type { SourceColumn } from './source-column.ts';
import type { ColumnRoles, SpecialRole } from './special-columns.ts';

export interface TableColumns {
  readonly all: readonly ColumnCollector<unknown>[];
  /** To be called when all rows have been collected. */
  finish(): CollectedTable;
}

export interface CollectedTable {
  readonly table: Table;
  /** By class as the file spells it; kept only while there is no score column. */
  readonly probabilities: ReadonlyMap<string, NumericColumn>;
  readonly classes: ReadonlySet<string>;
}

export function tableColumns(
  roles: ColumnRoles,
  features: readonly PlannedFeature[],
  task: Task,
  summary: FileSummary,
): TableColumns {
  const all: ColumnCollector<unknown>[] = [];
  const { rows } = summary;
  const kept = <T>(collector: ColumnCollector<T>): ColumnCollector<T> => {
    all.push(collector);
    return collector;
  };
  const special = <T>(
    role: SpecialRole,
    make: (column: SourceColumn) => ColumnCollector<T>,
  ): (() => T | null) => {
    const column = roles.special.get(role);
    if (column === undefined) return () => null;
    const collector = kept(make(column));
    return () => collector.finish();
  };
  const output = (column: SourceColumn): ColumnCollector<Column> => outputCollector(column, task, summary);

  const featureColumns = features.map((feature) => kept(featureCollector(feature, rows)));
  const prediction = special('prediction', output);
  const label = special('label', output);
  const score = special('score', (column) => numberCollector(column.name, numberCell(column, false), rows));
  const timestamp = special('timestamp', (column) =>
    numberCollector(column.name, timestampCell(column), rows),
  );
  const predictionId = special('predictionId', (column) => idCollector(textCell(column), rows));
  const spare = roles.special.has('score') ? [] : [...roles.probabilities];
  const probabilities = spare.map(
    ([name, column]) => [name, kept(numberCollector(column.name, numberCell(column, false), rows))] as const,
  );

  return {
    all,
    finish() {
      const table: Table = {
        rows,
        features: featureColumns.map((collector) => collector.finish()),
        prediction: prediction(),
        score: score(),
        label: label(),
        timestampMs: timestamp()?.values ?? null,
        predictionId: predictionId(),
      };
      return {
        table,
        probabilities: new Map(probabilities.map(([name, collector]) => [name, collector.finish()])),
        classes: new Set([table.label, table.prediction].flatMap((column) => levelsOf(column))),
      };
    },
  };
}

function levelsOf(column: Column | null): readonly string[] {
  return column === null || column.kind === 'numeric' ? [] : column.levels;
}

function featureCollector({ column, kind, strict }: PlannedFeature, rows: number): ColumnCollector<Column> {
  if (kind === 'numeric') return numberCollector(column.name, numberCell(column, strict), rows);
  if (kind === 'boolean') {
    return levelCollector(column.name, booleanCell(column), rows, { kind, level: (raw) => raw });
  }
  // Numbers that were logged as such, or may have been: 1.0 and 1 are one level. Text is its own level, spaces and all.
  const mayBeNumber = column.untyped || column.type === 'number';
  const level = (raw: string): string => (mayBeNumber && raw === raw.trim() ? classLabel(raw) : raw);
  return levelCollector(column.name, textCell(column), rows, { kind, level });
}

function outputCollector(column: SourceColumn, task: Task, summary: FileSummary): ColumnCollector<Column> {
  const kind = outputKind(task, summary.columns.get(column));
  if (kind === 'numeric') return numberCollector(column.name, numberCell(column, false), summary.rows);
  const cell = kind === 'boolean' ? booleanCell(column) : textCell(column);
  return levelCollector(column.name, cell, summary.rows, { kind: 'categorical', level: classLabel });
}
