import { UserError } from '../../core/errors.ts';
import { findRetrain } from '../../store/read-models/retrains.ts';
import type { OperationsIo } from '../terminal/ports.ts';
import { retrainReport } from './report.ts';
import { withDatabase } from '../terminal/with-database.ts';

/** Prints what became of one run. */
export async function showRetrain(
  run: string,
  json: boolean,
  io: Pick<OperationsIo, 'config' | 'dataDirectory' | 'log' | 'print'>,
): Promise<void> {
  const found = await withDatabase(io, async ({ pool }) => await findRetrain(pool, run));
  if (found === null) {
    throw new UserError(`there is no retrain run ${run}`, {
      fix: '`GET /api/v1/retrains` lists them, and so does the dashboard.',
    });
  }
  io.print(json ? `${JSON.stringify(found, null, 2)}\n` : retrainReport(found));
}
