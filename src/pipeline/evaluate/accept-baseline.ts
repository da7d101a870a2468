import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AcceptBaseline } from '../../api/api-deps.ts';
import { NO_SETTINGS } from '../../core/columns/feature-settings.ts';
import { UserError } from '../../core/errors.ts';
import { fail, ok } from '../../core/result.ts';
import { expectSaidColumns, readAsSaid } from '../../ingest/table/said-columns.ts';
import { temporaryFolder } from '../../core/process/temporary-folder.ts';
import { readTable } from '../../ingest/table/read-table.ts';
import type { Pool } from '../../store/connection/pool.ts';
import type { ModelCatalog } from '../windows/model-catalog.ts';
import { storeBaseline } from './store-baseline.ts';

/** Makes a baseline of rows that a training pipeline posts, as `baseline create` makes one of a file. */
export function createAcceptBaseline(pool: Pool, catalog: ModelCatalog): AcceptBaseline {
  return async ({ model: asked, version, format, body }) => {
    const model = catalog.model(asked);
    if (model === null) return fail({ reason: 'unknown_model', detail: `No model is called "${asked}".` });
    const folder = temporaryFolder('shiftwatch-baseline-');
    const file = join(folder.path, `body.${format}`);
    try {
      await writeFile(file, body, { mode: 0o600 });
      const { task, positiveClass, features: settings = NO_SETTINGS } = model.spec;
      const how = { task, ...(positiveClass !== null && { positiveClass }) };
      const { table, rowKeys, notes, shape } = await readTable(file, readAsSaid(how, settings));
      expectSaidColumns('the body', settings, shape);
      const sha256 = createHash('sha256').update(body).digest('hex');
      const source = { posted: format, sha256, rows: table.rows };
      const saved = await storeBaseline(pool, model.spec, version, table, source, { rowKeys });
      const { revision, checksum, unchanged, forgotten } = saved;
      const left = forgotten.map((column) => `${column} is forgotten, and left out`);
      const isKept = (name: string): boolean =>
        !forgotten.includes(name) && model.spec.privateFields?.drop.has(name) !== true;
      const counts = {
        rows: table.rows,
        features: table.features.filter(({ name }) => isKept(name)).length,
      };
      return ok({ revision, checksum, unchanged, ...counts, notes: [...notes, ...left] });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return fail({ reason: 'unreadable', detail: withoutPaths(told(error)) });
    } finally {
      await folder.remove();
    }
  };
}

/** With what would mend it, where that is one sentence: which column was meant. */
function told({ message, fix }: UserError): string {
  return fix === null || fix.includes('\n') ? message : `${message}. ${fix}`;
}

/** Where the rows lie for a moment is nobody's business. */
function withoutPaths(text: string): string {
  const parts = text.split(tmpdir());
  return parts.map((part, at) => (at === 0 ? part : part.replace(/^[^\s"',:]*/, 'the body'))).join('');
}
