import type { ReactNode } from 'react';
import { harmless } from './harmless.ts';

/** One column of a table. */
export interface Column<Row> {
  readonly name: string;
  readonly cell: (row: Row) => ReactNode;
  /** To the right, with figures under figures. */
  readonly isNumber?: boolean;
}

interface DataTableProps<Row> {
  /** What it is a table of, for those who jump from table to table. */
  readonly of: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** What is said when there are no rows. */
  readonly none: string;
  readonly classOf?: (row: Row) => string | undefined;
}

/** A table in a frame of its own, so that a narrow screen scrolls the table and not the page. */
export function DataTable<Row>({ of, columns, rows, keyOf, none, classOf }: DataTableProps<Row>) {
  if (rows.length === 0) return <p className="soft">{none}</p>;
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={of}>
      <table>
        <thead>
          <tr>
            {columns.map(({ name, isNumber }) => (
              <th key={name} scope="col" className={isNumber === true ? 'number' : undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} className={classOf?.(row)}>
              {columns.map(({ name, cell, isNumber }) => (
                <td key={name} className={isNumber === true ? 'number' : undefined}>
                  {harmless(cell(row))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
