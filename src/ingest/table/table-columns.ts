/** The second pass as one thing: a collector for each column that is kept, and the table they make. */
import { classLabel } from '../../core/columns/class-label.ts';
import type { Task } from '../../core/model.ts';
import type { CategoricalColumn, Column, NumericColumn, Table, TableOperation } from '../../core/table.ts';
import { inNameOrder } from '../../core/table.ts';
import {
  booleanCell,
  flagCell,
  levelCell,
  levelOf,
  numberCell,
  textCell,
  timestampCell,
} from './cell-sql.ts';
import { collectorOf, idCollector, levelReading, numberReading } from './column-collector.ts';
import type { ColumnCollector, ColumnReading } from './column-collector.ts';
import type { OnInvalid } from './cell-reader.ts';
import type { ColumnSummary, FileSummary } from './summary/column-summary.ts';
import { outputKind } from './model-output.ts';
import type { PlannedFeature } from './plan-features.ts';
import type { SourceColumn } from './source-column.ts';
import type { ColumnRoles, SpecialRole } from './special-columns.ts';

export interface TableColumns {
  /** What a row holds: features, outputs, its time. Keys of rows follow from them in this order. */
  readonly content: readonly ColumnCollector<unknown>[];
  /** Which row it is; not among the others. */
  readonly predictionId: ColumnCollector<(string | null)[]> | null;
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
  const content: ColumnCollector<unknown>[] = [];
  const { rows } = summary;
  const kept = <T>(collector: ColumnCollector<T>): ColumnCollector<T> => {
    content.push(collector);
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
  const output = (column: SourceColumn): ColumnCollector<Column> =>
    collect(outputReading(column, task, summary.columns.get(column)), rows);

  const featureColumns = featureCollectors(features, rows, kept);
  const prediction = special('prediction', output);
  const label = special('label', output);
  const score = special('score', (column) =>
    collectorOf(numberReading(column.name, numberCell(column, false)), rows),
  );
  const holdout = special('holdout', (column) =>
    collectorOf(
      levelReading(column.name, textCell(column), { kind: 'categorical', level: classLabel }),
      rows,
    ),
  );
  const operation = operationColumns(roles, rows, kept);
  const spare = roles.special.has('score') ? [] : [...roles.probabilities].sort(byClass);
  const probabilities = spare.map(
    ([name, column]) =>
      [name, kept(collectorOf(numberReading(column.name, numberCell(column, false)), rows))] as const,
  );
  const timestamp = special('timestamp', (column) =>
    collectorOf(numberReading(column.name, timestampCell(column)), rows),
  );
  const idColumn = roles.special.get('predictionId');
  const predictionId = idColumn === undefined ? null : idCollector(textCell(idColumn), rows);

  return {
    content,
    predictionId,
    finish() {
      const held = holdout();
      const how = operation();
      const table: Table = {
        rows,
        features: featureColumns.map((collector) => collector.finish()),
        prediction: prediction(),
        score: score(),
        label: label(),
        ...(held !== null && { holdout: heldOut(held) }),
        timestampMs: timestamp()?.values ?? null,
        predictionId: predictionId?.finish() ?? null,
        ...(how !== null && { operation: how }),
      };
      return {
        table,
        probabilities: new Map(probabilities.map(([name, collector]) => [name, collector.finish()])),
        classes: new Set([table.label, table.prediction].flatMap((column) => levelsOf(column))),
      };
    },
  };
}

const byClass = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  one < other ? -1 : 1;

/** In the order of the file, but kept in that of keys. */
function featureCollectors(
  features: readonly PlannedFeature[],
  rows: number,
  kept: <T>(collector: ColumnCollector<T>) => ColumnCollector<T>,
): ColumnCollector<Column>[] {
  const collectors = new Map(
    orderOfKeys(features).map((feature) => [feature, kept(collect(featureReading(feature), rows))] as const),
  );
  return features.flatMap((feature) => collectors.get(feature) ?? []);
}

/** Keys of rows are hashes over their columns in the order of names, not in that of the file. */
export function orderOfKeys(features: readonly PlannedFeature[]): PlannedFeature[] {
  return inNameOrder(features.map((feature) => ({ name: feature.column.name, feature }))).map(
    ({ feature }) => feature,
  );
}

/** As files spell it: true, True, 1. Anything else was acted on, or may have been. */
function heldOut({ codes, levels }: CategoricalColumn): Uint8Array {
  const yes = levels.map((level) => ['true', '1'].includes(level.toLowerCase()));
  return Uint8Array.from(codes, (code) => (yes[code] === true ? 1 : 0));
}

/** Null, when asked, where the file does not say how predictions were made. */
function operationColumns(
  { operation }: ColumnRoles,
  rows: number,
  kept: <T>(collector: ColumnCollector<T>) => ColumnCollector<T>,
): () => TableOperation | null {
  const amount = (role: 'latencyMs' | 'cost' | 'energyJ'): ColumnCollector<NumericColumn> | null => {
    const column = operation.get(role);
    return column === undefined
      ? null
      : kept(collectorOf(numberReading(column.name, numberCell(column, false)), rows));
  };
  const [latencyMs, cost, energyJ] = [amount('latencyMs'), amount('cost'), amount('energyJ')];
  const errors = operation.get('error');
  const error =
    errors === undefined
      ? null
      : kept(
          collectorOf(
            levelReading(errors.name, textCell(errors), { kind: 'categorical', level: (raw) => raw }),
            rows,
          ),
        );
  return () =>
    operation.size === 0
      ? null
      : {
          latencyMs: latencyMs?.finish() ?? null,
          cost: cost?.finish() ?? null,
          energyJ: energyJ?.finish() ?? null,
          error: error?.finish() ?? null,
        };
}

function levelsOf(column: Column | null): readonly string[] {
  return column === null || column.kind === 'numeric' ? [] : column.levels;
}

export type AnyReading =
  | ColumnReading<Float64Array, NumericColumn>
  | ColumnReading<Int32Array, CategoricalColumn>;

export function collect(
  reading: AnyReading,
  rows: number,
  onInvalid?: OnInvalid,
  memory?: ArrayBuffer,
): ColumnCollector<Column> {
  // Asked one by one, because the two kinds share no array type.
  return 'levels' in reading.reader
    ? collectorOf(reading as ColumnReading<Int32Array, CategoricalColumn>, rows, onInvalid, memory)
    : collectorOf(reading as ColumnReading<Float64Array, NumericColumn>, rows, onInvalid, memory);
}

export function featureReading({ column, kind, strict, isFlag }: PlannedFeature): AnyReading {
  if (kind === 'numeric')
    return numberReading(column.name, isFlag ? flagCell(column) : numberCell(column, strict));
  if (kind === 'boolean') {
    return levelReading(column.name, booleanCell(column), { kind, level: (raw) => raw });
  }
  return levelReading(column.name, levelCell(column), { kind, level: levelOf(column) });
}

function outputReading(column: SourceColumn, task: Task, counted: ColumnSummary | undefined): AnyReading {
  const kind = outputKind(task, counted);
  if (kind === 'numeric') return numberReading(column.name, numberCell(column, false));
  const cell = kind === 'boolean' ? booleanCell(column) : textCell(column);
  return levelReading(column.name, cell, { kind: 'categorical', level: classLabel });
}
