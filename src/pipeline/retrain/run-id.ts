import type { EvaluationSeries } from '../../core/evaluation-series.ts';
import { namedUuid } from '../../core/ids/named-uuid.ts';

/** What asks: a series of windows, or a calendar (no size). */
export interface Asking {
  readonly model: string;
  readonly version: string;
  readonly sizeMs: number;
  readonly series: EvaluationSeries;
}

/**
 * The same decision has the same run id, so that a repeated transaction cannot ask twice, and a training system knows what it was asked for
 * before the database was restored: no number of the database's is in it, which would then be another window's.
 *
 * @param occasionMs start of the window, or when the calendar wanted it
 */
export function runId(
  { model, version, sizeMs, series }: Asking,
  occasionMs: number,
  trigger: string,
): string {
  return namedUuid([model, version, sizeMs, series, occasionMs, trigger]);
}
