import { buildReference } from '../../stats/table/table-reference.ts';
import { chooseRowsByKey, sampleRows, takeRows } from '../../stats/table/sample-rows.ts';
import { summarizeReference } from '../../stats/profile/reference-summary.ts';
import { columnHabits, rowsInTime } from '../../stats/habits/column-habits.ts';
import type { ModelSpec } from '../../core/model.ts';
import { withoutPrivateColumns } from '../../core/privacy/private-table.ts';
import type { Table } from '../../core/table.ts';
import { coarsenReference } from '../../stats/profile/coarsen.ts';
import { encodeReference } from '../../stats/profile/reference-codec.ts';
import { encodeTable } from '../../stats/table-codec.ts';
import { ownWindows } from './own-windows.ts';
import { loadForgotten } from '../../store/history/forgotten-features.ts';
import { tableWithout } from '../../stats/table/table-without.ts';
import { saveBaseline, type SavedBaseline } from '../../store/evaluation/baselines.ts';
import { ensureVersion, syncModels } from '../../store/windows/models.ts';
import type { Pool } from '../../store/connection/pool.ts';
import { saveVersionSize } from '../../store/evaluation/version-windows.ts';

/**
 * Points of a window's grid. Windows are stored often and summed often; beyond this the counts between two points
 * grow by less than 1/512 of the rows, which is what KS may then fall short by.
 */
const WINDOW_GRID_POINTS = 512;

export interface StoreOptions {
  /** Of the version's model. */
  readonly sizeBytes?: number | null;
  /** Of a table that was read from a file; without them its sample depends on the order of the rows. */
  readonly rowKeys?: Float64Array | null;
}

export interface MadeBaseline extends SavedBaseline {
  /** Columns of the table that are forgotten, and were left out. */
  readonly forgotten: readonly string[];
}

/** Builds and stores a baseline from a table that is already read, without what the model drops and with hashes for what it hashes. */
export async function storeBaseline(
  pool: Pool,
  spec: ModelSpec,
  versionName: string,
  given: Table,
  source: object,
  { sizeBytes = null, rowKeys = null }: StoreOptions = {},
): Promise<MadeBaseline> {
  const { task, positiveClass } = spec;
  const { generation, byName } = await loadForgotten(pool);
  const whole = withoutPrivateColumns(given, spec.privateFields);
  const forgotten = byName.get(spec.name)?.of(whole.features.map(({ name }) => name)) ?? [];
  const table = tableWithout(whole, (name) => forgotten.includes(name));
  const reference = coarsenReference(buildReference(table, { task, positiveClass }), WINDOW_GRID_POINTS);
  const windows = ownWindows(table, reference, spec);
  const modelId = (await syncModels(pool, [spec])).get(spec.name);
  if (modelId === undefined) throw new Error(`model ${spec.name} was not stored`);
  const modelVersionId = await ensureVersion(pool, modelId, versionName);
  if (sizeBytes !== null) await saveVersionSize(pool, modelVersionId, sizeBytes);
  const saved = await saveBaseline(pool, {
    modelVersionId,
    asOf: generation,
    source,
    rows: table.rows,
    summary: summarizeReference(reference, spec.minCount),
    profile: encodeReference(reference),
    // Drawn as `compare` draws its samples: the same file has the same rows looked at, in any order.
    sample: encodeTable({
      ...(rowKeys === null ? sampleRows(table) : takeRows(table, chooseRowsByKey(rowKeys, null))),
      ...habitsOf(table, rowKeys),
      // Whose rows they are is nobody's question.
      predictionId: null,
      ...(windows.size > 0 && { windows }),
    }),
  });
  return { ...saved, forgotten };
}

/** Learned from all rows: a sample of them has lost what came one after the other. */
function habitsOf(table: Table, rowKeys: Float64Array | null): Pick<Table, 'habits'> {
  const order = rowsInTime(table.timestampMs, rowKeys);
  if (order.length === 0) return {};
  return { habits: new Map(table.features.map((column) => [column.name, columnHabits(column, order)])) };
}
