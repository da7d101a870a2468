import type { DuckDBConnection } from '@duckdb/node-api';
import { queryRows } from '../database.ts';
import { sourceColumn, type SourceColumn } from '../source-column.ts';
import { sqlString } from '../sql-text.ts';

type Structure = string | readonly unknown[] | { readonly [key: string]: Structure };

/** A key of the objects, or of one within them. */
export interface JsonKey extends SourceColumn {
  /** Keys of the object that it holds; null where it holds none. */
  readonly fields: readonly JsonKey[] | null;
  /** SQL of the cell as text, for ids: a JSON number beyond 2^53 keeps its digits. Null of objects. */
  readonly text: string | null;
}

/**
 * The keys of JSON objects exactly as they are written. For files in which two differ only in case: the database's own reader of
 * JSON renames one of them, or refuses a struct with both. Here every cell is taken out of the whole object, which costs more.
 *
 * @param objects what yields a column `json`
 */
export async function keysOf(connection: DuckDBConnection, objects: string): Promise<JsonKey[]> {
  const [[text] = []] = await queryRows(connection, `select json_group_structure(json) from ${objects}`);
  const structure = JSON.parse(typeof text === 'string' ? text : '{}') as Structure;
  return isObject(structure) ? keysIn(structure, '') : [];
}

function keysIn(structure: { readonly [key: string]: Structure }, above: string): JsonKey[] {
  return Object.entries(structure).map(([name, holds]) => {
    const pointer = `${above}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    return {
      ...columnAt(name, sqlString(pointer), holds),
      fields: isObject(holds) ? keysIn(holds, pointer) : null,
      text: typeof holds === 'string' ? `json_extract_string(json, ${sqlString(pointer)})` : null,
    };
  });
}

/** What is missing everywhere is of no type, and what is of several is JSON. */
function columnAt(name: string, pointer: string, holds: Structure): SourceColumn {
  const text = `json_extract_string(json, ${pointer})`;
  if (typeof holds !== 'string') return sourceColumn(name, `json_extract(json, ${pointer})`, 'STRUCT()');
  if (holds === 'JSON' || holds === 'NULL')
    return sourceColumn(name, `json_extract(json, ${pointer})`, 'JSON');
  return holds === 'VARCHAR'
    ? sourceColumn(name, text, holds)
    : sourceColumn(name, `cast(${text} as ${holds})`, holds);
}

function isObject(structure: Structure): structure is { readonly [key: string]: Structure } {
  return typeof structure === 'object' && !Array.isArray(structure);
}
