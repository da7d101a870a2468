import type { ModelSpec } from '../../core/model.ts';
import { fail, ok } from '../../core/result.ts';
import type { Pool } from '../../store/connection/pool.ts';
import { exportLabelledParquet } from './export-labelled-parquet.ts';
import {
  exportLabelledText,
  type LabelledSelection,
  prepareTextExport,
  type TextFormat,
} from './export-labelled-text.ts';

/** The export as the HTTP edge asks for it. */
export function createExportLabelled(
  pool: Pool,
  catalog: { model(name: string): { readonly spec: ModelSpec } | null },
) {
  return async function exportLabelled({
    model,
    format,
    ...selection
  }: LabelledSelection & { readonly model: string; readonly format: TextFormat | 'parquet' }) {
    const spec = catalog.model(model)?.spec;
    if (spec === undefined) return fail('unknown_model' as const);
    const prepared = await prepareTextExport(pool, spec, selection, format === 'csv' ? 'csv' : 'jsonl');
    if (!prepared.ok) return fail('unknown_model' as const);
    const write = format === 'parquet' ? exportLabelledParquet : exportLabelledText;
    return ok(
      async (put: (bytes: string | Uint8Array) => Promise<void>) => await write(pool, prepared.value, put),
    );
  };
}
