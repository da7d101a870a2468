import { UsageError, UserError } from '../../core/errors.ts';
import { compareStoredVersions } from '../../pipeline/evaluate/compare-versions.ts';
import { instantOfText } from '../terminal/instant.ts';
import type { OperationsIo } from '../terminal/ports.ts';
import { versionsReport } from './report.ts';
import { withDatabase } from '../terminal/with-database.ts';

export interface ShowVersions {
  readonly model: string;
  /** `<from>..<to>`; either side may be left out. */
  readonly window: string | null;
  readonly base: string | null;
  readonly json: boolean;
}

/** Prints the versions of a model side by side. */
export async function showVersions(
  { model, window, base, json }: ShowVersions,
  io: Pick<OperationsIo, 'config' | 'dataDirectory' | 'log' | 'print'>,
): Promise<void> {
  const range = timeRange(window);
  const found = await withDatabase(io, async ({ pool, config }) => {
    const spec = config.models.find(({ name }) => name === model);
    if (spec === undefined) {
      throw new UserError(`model '${model}' is not configured`, {
        fix: `Use one of: ${config.models.map(({ name }) => name).join(', ')}.`,
      });
    }
    return await compareStoredVersions(pool, spec, { ...range, base });
  });
  if (!found.ok) throw new UserError(found.error.detail);
  io.print(json ? `${JSON.stringify(found.value, null, 2)}\n` : versionsReport(found.value));
}

const RANGE = /^(?<from>.*?)\.\.(?<to>.*)$/;

/** @throws UsageError when a side is no time */
function timeRange(text: string | null): {
  readonly fromMs: number | null;
  readonly toMs: number | null;
} {
  if (text === null) return { fromMs: null, toMs: null };
  const { from, to } = RANGE.exec(text)?.groups ?? {};
  if (from === undefined || to === undefined) throw notARange(text);
  const time = (side: string): number | null => {
    if (side === '') return null;
    const ms = instantOfText(side);
    if (ms === null) throw notARange(text);
    return ms;
  };
  return { fromMs: time(from), toMs: time(to) };
}

function notARange(text: string): UsageError {
  return new UsageError(`--window ${text} is not a stretch of time`, {
    fix: 'Write both ends as ISO 8601, such as 2026-03-01..2026-03-08 or 2026-03-01T06:00Z..2026-03-01T18:00Z.',
  });
}
