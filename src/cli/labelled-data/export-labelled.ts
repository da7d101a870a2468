import type { Writable } from 'node:stream';
import type { Config } from '../../config/resolve.ts';
import { UsageError, UserError } from '../../core/errors.ts';
import { exportLabelledParquet } from '../../pipeline/predictions/export-labelled-parquet.ts';
import {
  exportLabelledText,
  type LabelledSelection,
  prepareTextExport,
  type TextExport,
} from '../../pipeline/predictions/export-labelled-text.ts';
import type { Pool } from '../../store/connection/pool.ts';
import { instantOfText } from '../terminal/instant.ts';
import type { OperationsIo } from '../terminal/ports.ts';
import { writeOutput } from '../terminal/output-file.ts';
import { withDatabase } from '../terminal/with-database.ts';

export interface ExportOptions {
  readonly model: string;
  readonly modelVersion?: string;
  readonly from?: string;
  readonly to?: string;
  readonly segment?: string;
  readonly all?: boolean;
  readonly format?: ExportFormat;
  readonly out: string;
}

export type ExportFormat = 'jsonl' | 'csv' | 'parquet';

/** Writes labelled data to a file or standard output, and says how much it was. */
export async function exportLabelled(io: OperationsIo, options: ExportOptions): Promise<void> {
  const format = formatOf(options);
  const range = { fromMs: timeOf(options.from, '--from'), toMs: timeOf(options.to, '--to') };
  const written = await withDatabase(io, async ({ pool, config }) => {
    const prepared = await prepare(
      pool,
      config,
      { ...options, ...range },
      format === 'csv' ? 'csv' : 'jsonl',
    );
    if (options.out === '-') return await exportLabelledText(pool, prepared, into(process.stdout));
    const write = format === 'parquet' ? exportLabelledParquet : exportLabelledText;
    return await writeOutput(options.out, async (put) => await write(pool, prepared, put));
  });
  const rows = written.rows === 1 ? '1 row' : `${written.rows.toLocaleString('en')} rows`;
  io.say(`${rows}, sha256 ${written.sha256}\n`);
}

function formatOf({ format, out }: ExportOptions): ExportFormat {
  if (format === 'parquet' && out === '-') {
    throw new UsageError('Parquet cannot be written to standard output', { fix: 'Name a file with --out.' });
  }
  return format ?? (out.endsWith('.csv') ? 'csv' : out.endsWith('.parquet') ? 'parquet' : 'jsonl');
}

async function prepare(
  pool: Pool,
  config: Config,
  options: ExportOptions & Pick<LabelledSelection, 'fromMs' | 'toMs'>,
  format: 'jsonl' | 'csv',
): Promise<TextExport> {
  const spec = config.models.find(({ name }) => name === options.model);
  if (spec === undefined) {
    const names = config.models.map(({ name }) => name).join(', ');
    throw new UserError(`there is no model ${options.model}`, { fix: `Configured are: ${names}.` });
  }
  const selection = {
    version: options.modelVersion ?? null,
    fromMs: options.fromMs,
    toMs: options.toMs,
    segment: options.segment ?? null,
    labelledOnly: options.all !== true,
  };
  const prepared = await prepareTextExport(pool, spec, selection, format);
  if (prepared.ok) return prepared.value;
  const version = options.modelVersion === undefined ? '' : ` version ${options.modelVersion} of`;
  throw new UserError(`nothing was logged of${version} ${options.model}`, {
    fix: '`shiftwatch status` lists the versions.',
  });
}

function timeOf(text: string | undefined, option: string): number | null {
  if (text === undefined) return null;
  const ms = instantOfText(text);
  if (ms === null) {
    throw new UsageError(`${option} ${text} is no time`, {
      fix: 'Write it as 2026-03-01 or 2026-03-01T12:00:00Z.',
    });
  }
  return ms;
}

/** Waits when the reader is slower. */
function into(out: Writable): (bytes: string | Uint8Array) => Promise<void> {
  return async (bytes) => {
    if (!out.write(bytes)) await new Promise((resolve) => out.once('drain', resolve));
  };
}
