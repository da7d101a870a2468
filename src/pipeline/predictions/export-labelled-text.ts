import { createHash } from 'node:crypto';
import type { ModelSpec } from '../../core/model.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { labelledCsv, labelledCsvHeader, labelledJson } from '../../labels/labelled-text.ts';
import type { Pool } from '../../store/connection/pool.ts';
import { baselineFeatureNames, versionsOf } from '../../store/read-models/labelled-data.ts';
import { exportLabelledData, type LabelledDataQuery } from './labelled-data.ts';

export interface LabelledSelection {
  /** Null: all versions. */
  readonly version: string | null;
  readonly fromMs: number | null;
  readonly toMs: number | null;
  readonly segment: string | null;
  readonly labelledOnly: boolean;
}

export type TextFormat = 'jsonl' | 'csv';
export type ExportRefusal = 'unknown_version';

export interface TextExport {
  readonly query: LabelledDataQuery;
  readonly format: TextFormat;
  /** Of the baseline: in a CSV file they come first, and in its order. */
  readonly features: readonly string[];
}

export interface Exported {
  readonly rows: number;
  /** Of all bytes, in hexadecimal digits. */
  readonly sha256: string;
}

const LAST_MS = Date.UTC(9999, 0);

/** Looks up what an export needs to know before its first byte. */
export async function prepareTextExport(
  pool: Pool,
  spec: Pick<ModelSpec, 'name' | 'featuresFrom'>,
  selection: LabelledSelection,
  format: TextFormat,
): Promise<Result<TextExport, ExportRefusal>> {
  const found = await versionsOf(pool, spec.name, selection.version);
  if (found === null || found.versions.size === 0) return fail('unknown_version');
  const features = format === 'csv' ? await baselineFeatureNames(pool, [...found.versions.keys()]) : [];
  const { segment, labelledOnly, fromMs, toMs } = selection;
  const featuresApart = spec.featuresFrom === 'features';
  const query = {
    ...found,
    fromMs: fromMs ?? 0,
    toMs: toMs ?? LAST_MS,
    segment,
    labelledOnly,
    featuresApart,
  };
  return ok({ query, format, features });
}

/** Writes the rows as text, piece by piece; `put` is waited for. */
export async function exportLabelledText(
  pool: Pool,
  { query, format, features }: TextExport,
  put: (text: string) => Promise<void>,
): Promise<Exported> {
  const hash = createHash('sha256');
  const write = async (text: string): Promise<void> => {
    hash.update(text);
    await put(text);
  };
  if (format === 'jsonl') {
    const rows = await exportLabelledData(pool, query, {
      write: async (some) => await write(some.map(labelledJson).join('')),
    });
    return { rows, sha256: hash.digest('hex') };
  }
  // A table has one set of columns, known before its first row.
  let columns = features;
  const rows = await exportLabelledData(pool, query, {
    begin: async (found) => {
      columns = [...new Set([...features, ...found])];
      await write(labelledCsvHeader(columns));
    },
    write: async (some) => await write(some.map((row) => labelledCsv(row, columns)).join('')),
  });
  return { rows, sha256: hash.digest('hex') };
}
