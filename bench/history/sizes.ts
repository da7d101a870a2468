import type pg from 'pg';

/** What a table holds and what it takes, in bytes. */
export interface TableSize {
  readonly table: string;
  readonly rows: number;
  /** Values as they are stored, without what a row and the page around it take. */
  readonly live: number;
  /** With indexes, toasted values and what is free to be written again. */
  readonly disk: number;
  readonly indexes: number;
}

/** Every table with rows, partitions with their parent, the largest first. */
export async function tableSizes(db: pg.Client): Promise<TableSize[]> {
  const tables = await db.query<{ name: string; columns: string[] }>(
    `select c.relname as name, array_agg(a.attname::text) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
     group by c.oid order by 1`,
  );
  const sizes: TableSize[] = [];
  for (const { name, columns } of tables.rows) {
    const width = columns.map((column) => `coalesce(pg_column_size("${column}"), 0)`).join(' + ');
    const found = await db.query<Omit<TableSize, 'table'>>(
      `select (select count(*) from "${name}")::float8 as rows,
         (select coalesce(sum(${width}), 0) from "${name}")::float8 as live,
         sum(pg_total_relation_size(oid))::float8 as disk, sum(pg_indexes_size(oid))::float8 as indexes
       from (
         select '"${name}"'::regclass as oid union select relid from pg_partition_tree('"${name}"')
       ) as parts`,
    );
    const [size] = found.rows;
    if (size !== undefined && size.rows > 0) sizes.push({ table: name, ...size });
  }
  return sizes.sort((a, b) => b.disk - a.disk);
}
