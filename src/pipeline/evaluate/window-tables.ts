import type { Task } from '../../core/model.ts';
import type { Table } from '../../core/table.ts';
import { inCanonicalOrder } from '../../stats/table/canonical-rows.ts';
import { WHOLE } from '../../window/checkpoint/buffer.ts';
import { type ColumnSpec, sampleTable } from '../../window/sample-table.ts';
import type { MemberRow } from '../predictions/member-rows.ts';

/** Rows of a segment as a table in canonical order; null of none. */
export type TableOf = (segment: string, features: readonly ColumnSpec[]) => Table | null;

/**
 * The rows of a window as a table for each of its segments. Segments that all rows are of have one table, and with it what a diagnosis keeps with
 * its columns; that of any other is let go of with what is made of it. O(rows · features) each.
 */
export function windowTables(rows: readonly MemberRow[], task: Task): TableOf {
  const ofAll = segmentsOfAll(rows);
  let all: Table | null = null;
  return (segment, features) => {
    const isOfAll = segment === WHOLE || ofAll.has(segment);
    if (isOfAll && all !== null) return all;
    const members = isOfAll ? rows : rows.filter((row) => row.segments.includes(segment));
    if (members.length === 0) return null;
    const table = inCanonicalOrder(sampleTable(members, features, task));
    if (isOfAll && ofAll.size > 0) all = table;
    return table;
  };
}

/** Beside the whole window. */
function segmentsOfAll(rows: readonly MemberRow[]): ReadonlySet<string> {
  let common = [...(rows[0]?.segments ?? [])];
  for (const { segments } of rows) {
    if (common.length === 0) break;
    common = common.filter((segment) => segments.includes(segment));
  }
  return new Set(common.filter((segment) => segment !== WHOLE));
}
