/** How a file of training data was understood: a line for each column, and what in it looks like a mistake. */
import type { ColumnRole } from '../../core/columns/column-role.ts';
import type { Table } from '../../core/table.ts';
import { countsOf } from '../../judge/column-roles.ts';
import { textTable } from '../terminal/text-table.ts';

/** Features first, in the order of the file, then the model's output, then what was left out. */
export function describeColumns(table: Table, roles: readonly ColumnRole[]): string {
  const roleOf = new Map(roles.map(({ name, role }) => [name, role]));
  const outputs = [table.prediction, table.score, table.label].filter((column) => column !== null);
  const line = (name: string, kind: string, role: string, counts: readonly [string, string]): string[] => [
    name,
    kind,
    role === 'feature' ? '' : role,
    ...counts,
  ];
  const lines = [...table.features, ...outputs].map((column) => {
    const { missing, distinct } = countsOf(column, table.rows);
    const share = `${((100 * missing) / Math.max(1, table.rows)).toFixed(1)} %`;
    const role = table.features.includes(column) ? (roleOf.get(column.name) ?? 'feature') : 'feature';
    return line(column.name, column.kind, role, [share, distinct.toLocaleString('en')]);
  });
  const others = roles.flatMap(({ name, kind, role }) =>
    kind === null ? [line(name, 'left out', role, ['', ''])] : [],
  );
  return textTable(['COLUMN', 'KIND', 'ROLE', 'MISSING', 'DISTINCT'], [...lines, ...others]);
}

/** One sentence each. */
export function doubtfulColumns(roles: readonly ColumnRole[]): string[] {
  return roles.flatMap(({ name, kind, role, why }) => {
    if (kind === null || why === null) return [];
    if (role === 'doubtful') return [`${name} ${why}; --exclude ${name} leaves it out`];
    if (role === 'calendar') return [`${name} ${why}: it is held to that, and does not drift`];
    return role === 'constant' ? [`${name} ${why}`] : [];
  });
}
