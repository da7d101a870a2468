import type { WritingFlags } from '../terminal/table-options.ts';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { BYTE_SIZE_FORMAT, byteSize } from '../../config/byte-size.ts';
import { UsageError, UserError } from '../../core/errors.ts';
import { NO_SETTINGS } from '../../core/columns/feature-settings.ts';
import type { ColumnRole } from '../../core/columns/column-role.ts';
import type { ModelSpec } from '../../core/model.ts';
import { withoutPrivateColumns } from '../../core/privacy/private-table.ts';
import type { Table } from '../../core/table.ts';
import { rolesOfColumns } from '../../judge/column-roles.ts';
import { expectSaidColumns, readAsSaid } from '../../ingest/table/said-columns.ts';
import {
  readTable,
  type ReadTable,
  type ReadTableOptions,
  type TableShape,
} from '../../ingest/table/read-table.ts';
import { storeBaseline } from '../../pipeline/evaluate/store-baseline.ts';
import { migrate } from '../../store/connection/migrate.ts';
import { openDatabase } from '../../store/connection/open-database.ts';
import { createPool } from '../../store/connection/pool.ts';
import { describeColumns, doubtfulColumns } from './describe-columns.ts';
import type { Io } from '../terminal/io.ts';
import { noteCommand } from '../terminal/note-command.ts';
import { writingOptions } from '../terminal/table-options.ts';
import { counted, progressLine } from '../terminal/progress-line.ts';

export interface CreateOptions extends WritingFlags {
  readonly model: string;
  readonly modelVersion: string;
  readonly prediction?: string;
  readonly score?: string;
  readonly label?: string;
  readonly timestamp?: string;
  readonly predictionId?: string;
  readonly features?: string;
  readonly exclude?: string;
  readonly numeric?: string;
  readonly categorical?: string;
  readonly modelSize?: string;
}

export { storeBaseline };

/** Reads a file, makes a baseline of it, stores it as the version's newest revision. */
export async function createBaseline(file: string, options: CreateOptions, io: Io): Promise<void> {
  const sizeBytes = options.modelSize === undefined ? null : bytesOf(options.modelSize);
  const config = await io.config();
  const spec = config.models.find((model) => model.name === options.model);
  if (spec === undefined) {
    throw new UserError(`model '${options.model}' is not configured in ${io.configPath()}`, {
      fix: `Add it under models:, or use one of: ${config.models.map((model) => model.name).join(', ')}.`,
    });
  }
  const { table, rowKeys, shape } = await readTraining(file, options, spec, io);
  const kept = withoutPrivateColumns(table, spec.privateFields);
  const roles = rolesOf(kept, shape, spec);
  for (const note of doubtfulColumns(roles)) io.say(`note: ${note}\n`);
  const sha256 = await fileHash(file);
  const { url, close } = await openDatabase({
    url: config.databaseUrl,
    directory: io.dataDirectory,
    log: io.log,
  });
  try {
    await migrate({ connectionString: url, log: io.log });
    const pool = createPool({
      connectionString: url,
      max: 2,
      applicationName: 'shiftwatch baseline',
      log: io.log,
    });
    try {
      const source = { file: basename(file), sha256, rows: table.rows };
      const saved = await storeBaseline(pool, spec, options.modelVersion, table, source, {
        sizeBytes,
        rowKeys,
      });
      if (!saved.unchanged)
        await noteCommand(io, pool, 'baseline.create', `${spec.name}/${options.modelVersion}`);
      for (const name of saved.forgotten)
        io.say(`note: ${name} is forgotten, and left out (\`shiftwatch forget --feature\`)\n`);
      const isKept = ({ name }: { readonly name: string }): boolean => !saved.forgotten.includes(name);
      const features = kept.features.filter(isKept);
      io.print(describeColumns({ ...kept, features }, roles.filter(isKept)));
      const name = `${spec.name} ${options.modelVersion}`;
      io.print(
        saved.unchanged
          ? `Baseline of ${name} is unchanged (revision ${saved.revision}).\n`
          : `Baseline of ${name}: revision ${saved.revision}, ${table.rows} rows, ${features.length} features. ` +
              'It applies to windows that open from now on.\n',
      );
    } finally {
      await pool.end();
    }
  } finally {
    await close();
  }
}

function bytesOf(text: string): number {
  const bytes = byteSize(text);
  if (bytes !== null && bytes > 0) return bytes;
  throw new UsageError(`--model-size ${text} is no size`, { fix: `Expected is ${BYTE_SIZE_FORMAT}.` });
}

async function readTraining(
  file: string,
  options: CreateOptions,
  spec: ModelSpec,
  io: Io,
): Promise<ReadTable> {
  const bar = progressLine(io);
  try {
    const settings = spec.features ?? NO_SETTINGS;
    const how: ReadTableOptions = {
      task: spec.task,
      ...(spec.positiveClass === null ? {} : { positiveClass: spec.positiveClass }),
      columns: {
        ...named('prediction', options.prediction),
        ...named('score', options.score),
        ...named('label', options.label),
        ...named('timestamp', options.timestamp),
        ...named('predictionId', options.predictionId),
      },
      ...named('features', list(options.features)),
      ...named('exclude', list(options.exclude)),
      ...named('numeric', list(options.numeric)),
      ...named('categorical', list(options.categorical)),
      ...writingOptions(options),
      onProgress: ({ rows, fraction }) =>
        bar.show(counted(`reading ${basename(file)}`, rows, 'rows'), fraction),
    };
    const read = await readTable(file, readAsSaid(how, settings));
    expectSaidColumns(file, settings, read.shape);
    for (const note of read.notes) io.say(`note: ${note}\n`);
    return read;
  } finally {
    bar.end();
  }
}

function rolesOf(reference: Table, { leftOutBecause }: TableShape, spec: ModelSpec): ColumnRole[] {
  const settings = spec.features ?? NO_SETTINGS;
  return rolesOfColumns({ reference, rows: reference.rows, settings, leftOut: leftOutBecause });
}

function named<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}

function list(text: string | undefined): string[] | undefined {
  return text?.split(',').map((name) => name.trim().normalize('NFC'));
}

async function fileHash(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
