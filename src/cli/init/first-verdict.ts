/** When the first verdict is to be expected, and how to have it by rows instead: what people wait for after `serve`. */
import { durationText } from '../../config/duration.ts';
import type { Config } from '../../config/resolve.ts';
import { MINUTE_MS } from '../../core/clock.ts';
import type { ModelSpec } from '../../core/model.ts';

/** Rows that a window advised here ends with, or more where a model's windows need more to be judged. */
const ENOUGH_ROWS = 500;
const STRETCH_MS = 10 * MINUTE_MS;

type Judged = Pick<ModelSpec, 'windows' | 'minRows'>;

/** Two or three lines about the shortest windows; empty for a model without windows. */
export function firstVerdict(
  { windows, minRows }: Judged,
  { idleAfterMs }: Pick<Config['ingest'], 'idleAfterMs'>,
): string {
  const [shortest] = windows.toSorted((a, b) => a.sizeMs - b.sizeMs);
  if (shortest === undefined) return '';
  const { sizeMs, graceMs, rows } = shortest;
  const [size, grace, idle] = [sizeMs, graceMs, idleAfterMs].map(durationText);
  const least = minRows.toLocaleString('en');
  if (rows !== undefined) {
    return (
      `The first verdict comes with ${rows.toLocaleString('en')} rows (windows: rows), ${grace} (grace) after the end of the ${size} (size) that brings them;\n` +
      `where nothing follows, ${idle} (ingest.idle_after) later. A window of fewer than ${least} rows (min_rows) is not judged.\n`
    );
  }
  const stretch = durationText(Math.min(sizeMs, STRETCH_MS));
  const atMost = durationText(sizeMs + graceMs + idleAfterMs);
  return (
    `The first verdict comes within ${atMost} of the first row: when its window of ${size} is over (windows: size), ${grace} (grace) later,\n` +
    `and where nothing follows another ${idle} (ingest.idle_after). A window of fewer than ${least} rows (min_rows) is not judged.\n` +
    `To judge by rows instead: windows: [{ size: ${stretch}, rows: ${Math.max(ENOUGH_ROWS, minRows)} }]\n`
  );
}
