import { UserError } from '../../core/errors.ts';
import type { Config } from '../../config/resolve.ts';
import type { Table } from '../../core/table.ts';
import { takeRows } from '../../stats/table/sample-rows.ts';
import { storeBaseline } from '../../pipeline/evaluate/store-baseline.ts';
import { migrate } from '../../store/connection/migrate.ts';
import { openDatabase } from '../../store/connection/open-database.ts';
import { createPool } from '../../store/connection/pool.ts';
import type { Io } from '../terminal/io.ts';
import type { InitFlags, InitSource } from './init-source.ts';

/** With fewer rows a window is not judged, and a baseline says little. */
const FEWEST_ROWS = 200;

/** A baseline of each version, in the database that the new configuration names. */
export async function storeBaselines(
  { tables, noticed }: InitSource,
  config: Config,
  wanted: NonNullable<InitFlags['baseline']>,
  io: Io,
): Promise<void> {
  const [spec] = config.models;
  if (spec === undefined) throw new Error('a configuration of one model has none');
  const isFile = 'file' in noticed.source;
  const chosen = [...tables].map(([version, { table, rowKeys }]) => {
    const rows = rowsOf(table, wanted, isFile);
    // Whole tables still know which cells could not be read.
    if (rows.length === table.rows) return { version, table, keys: rowKeys };
    const keys = rowKeys === null ? null : Float64Array.from(rows, (row) => rowKeys[row]!);
    return { version, table: takeRows(table, rows), keys };
  });
  const enough = chosen.filter(({ table }) => table.rows >= FEWEST_ROWS);
  if (enough.length === 0) {
    throw new UserError(`a baseline needs ${FEWEST_ROWS} rows, and there are fewer`, {
      fix: 'Make it of training data: shiftwatch baseline create --model NAME training.csv',
    });
  }
  const { log } = io;
  const { url, close } = await openDatabase({ url: config.databaseUrl, directory: io.dataDirectory, log });
  try {
    await migrate({ connectionString: url, log });
    const pool = createPool({ connectionString: url, max: 2, applicationName: 'shiftwatch init', log });
    try {
      for (const { version, table, keys } of enough) {
        const source = { ...noticed.source, rows: table.rows };
        const { revision } = await storeBaseline(pool, spec, version, table, source, { rowKeys: keys });
        io.say(
          `Baseline of ${spec.name} ${version}: revision ${revision}, ${table.rows} rows${spanOf(table)}.\n`,
        );
      }
    } finally {
      await pool.end();
    }
  } finally {
    await close();
  }
}

/** Of a topic the older half: the newer one is then judged by it. Rows without a time are in neither. */
function rowsOf(table: Table, wanted: NonNullable<InitFlags['baseline']>, isFile: boolean): Int32Array {
  const times = table.timestampMs;
  if (wanted === true && (isFile || times === null))
    return Int32Array.from({ length: table.rows }, (_, row) => row);
  const timed = Array.from(times ?? [], (ms, row) => ({ ms, row })).filter(({ ms }) => Number.isFinite(ms));
  if (wanted !== true) {
    const within = timed.filter(({ ms }) => ms >= wanted.fromMs && ms < wanted.untilMs);
    return Int32Array.from(within, ({ row }) => row);
  }
  const inTime = timed.sort((a, b) => a.ms - b.ms);
  return Int32Array.from(inTime.slice(0, Math.ceil(inTime.length / 2)), ({ row }) => row).sort();
}

function spanOf({ timestampMs }: Table): string {
  const times = (timestampMs ?? new Float64Array()).filter((ms) => Number.isFinite(ms)).sort();
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined) return '';
  return `, ${new Date(first).toISOString()} to ${new Date(last).toISOString()}`;
}
