import type { CompareOptions } from '../../compare/options.ts';
import type { CalendarEvent } from '../../core/alerts/mute-schedule.ts';
import type { Table } from '../../core/table.ts';
import type { TableShape } from '../../ingest/table/table-options.ts';
import type { ComparedColumn } from './column.ts';
import type { Cut } from './cut.ts';
import type { GroupedFeature } from './segments.ts';

/** Two files, compared column by column: what is to be judged. */
export interface Judged {
  readonly cut: Cut;
  readonly columns: readonly ComparedColumn[];
  /** Prediction, score and label of all rows. */
  readonly outputs: { readonly reference: Table; readonly current: Table };
  /** The groups of a feature that is to be treated fairly, their rows by window. */
  readonly groups: readonly GroupedFeature[];
  /** Times of all rows; null without a column of times. */
  readonly times: { readonly reference: Float64Array | null; readonly current: Float64Array | null };
  readonly shape: Pick<TableShape, 'task' | 'positiveClass' | 'leftOutBecause'>;
  readonly options: CompareOptions;
  readonly multivariate: boolean;
  /** Windows in one of these are told of it. */
  readonly calendar: readonly CalendarEvent[];
  /** Columns that the reference has and the current file has not. */
  readonly lost: readonly string[];
}
