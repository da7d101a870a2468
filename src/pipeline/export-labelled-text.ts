import { createHash } from 'node:crypto';
import type { ModelSpec } from '../core/model.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { LabelledRow } from '../labels/labelled-row.ts';
import { labelledCsv, labelledCsvHeader, labelledJson } from '../labels/labelled-text.ts';
import type { Pool } from '../store/pool.ts';
import { baselineFeatureNames, versionsOf } from '../store/read-models/labelled-data.ts';
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
export type ExportRefusal = 'unknown_version' | 'no_columns';

export interface TextExport {
  readonly query: LabelledDataQuery;
  readonly format: TextFormat;
  /** Of a CSV file. */
  readonly features: readonly string[];
}

export interface Exported {
  readonly rows: number;
  /** Of all bytes, in hexadecimal digits. */
  readonly sha256: string;
}

const LAST_MS = Date.UTC(9999, 0);

/** Looks up what an export needs to know before its first byte. `no_columns`: CSV, and no baseline names features. */
export async function prepareTextExport(
  pool: Pool,
  spec: Pick<ModelSpec, 'name' | 'featuresFrom'>,
  selection: LabelledSelection,
  format: TextFormat,
): Promise<Result<TextExport, ExportRefusal>> {
  const found = await versionsOf(pool, spec.name, selection.version);
  if (found === null || found.versions.size === 0) return fail('unknown_version');
  const features = format === 'csv' ? await baselineFeatureNames(pool, [...found.versions.keys()]) : [];
  if (format === 'csv' && features.length === 0) return fail('no_columns');
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
  if (format === 'csv') await write(labelledCsvHeader(features));
  const line = (row: LabelledRow): string =>
    format === 'csv' ? labelledCsv(row, features) : labelledJson(row);
  const rows = await exportLabelledData(pool, query, async (some) => await write(some.map(line).join('')));
  return { rows, sha256: hash.digest('hex') };
}
