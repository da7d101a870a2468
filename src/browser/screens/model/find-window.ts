import { sizeFromText } from '../../../core/windows/window-size.ts';
import type { ModelHeatmap } from '../../../store/rows/model-screen.ts';
import type { MeasurementRow } from '../../../store/rows/windows.ts';
import { apiUrl, fetchJson } from '../../data/fetch-json.ts';
import type { ModelAsked } from './asked.ts';

/** The window that a cell shows: of several, the one with the fault, or else the greatest effect. Null: there is none. */
export async function findWindow(
  { model, narrowing }: ModelAsked,
  name: string,
  span: ModelHeatmap['columns'][number],
  size: string | null,
): Promise<string | null> {
  const { items } = await fetchJson<{ items: readonly MeasurementRow[] }>(
    apiUrl('/measurements', {
      model,
      version: narrowing.version,
      name,
      series: 'closed',
      subject: 'feature',
      from: span.start,
      to: span.end,
      limit: 500,
    }),
  );
  const sizeMs = size === null ? null : sizeFromText(size);
  const isOfSize = ({ start, end }: MeasurementRow): boolean =>
    sizeMs === null || sizeMs < 0 || Date.parse(end) - Date.parse(start) === sizeMs;
  const gravity = ({ faults, jensen_shannon: effect }: MeasurementRow): number =>
    (faults.length > 0 ? 2 : 0) + (effect ?? 0);
  const [worst] = items
    .filter((each) => each.segment === (narrowing.segment ?? '') && isOfSize(each))
    .sort((a, b) => gravity(b) - gravity(a));
  return worst?.window_id ?? null;
}
