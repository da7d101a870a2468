/** What was noticed of a file or a topic: what a first configuration is written from, and what `init --json` prints. */
import type { Task } from '../core/model.ts';
import type { FeatureKind } from '../core/table.ts';

export type NoticedRole =
  | 'feature'
  | 'identifier'
  | 'calendar'
  | 'constant'
  | 'doubtful'
  | 'ignored'
  | 'prediction'
  | 'score'
  | 'probability'
  | 'label'
  | 'timestamp'
  | 'prediction_id'
  | 'holdout'
  | 'operation';

export interface NoticedColumn {
  readonly name: string;
  readonly role: NoticedRole;
  /** How its cells are read; null where they are not. */
  readonly kind: FeatureKind | null;
  /** What makes it anything but an ordinary feature. */
  readonly why: string | null;
  /** Share of cells that are missing; null where nobody counted. */
  readonly missing: number | null;
  readonly distinct: number | null;
  /** Its numbers are text with decimal commas. */
  readonly decimal_comma: boolean;
  /** Levels that fewer than one row in a hundred has. */
  readonly rare_levels: number;
  readonly range: { readonly low: number; readonly high: number } | null;
}

/** A column whose every value could be watched apart. */
export interface SegmentCandidate {
  readonly name: string;
  readonly levels: number;
  /** Of the rarest level, in a window. */
  readonly fewest_rows: number;
}

export interface NoticedWindow {
  readonly size_ms: number;
  readonly grace_ms: number;
  /** Not null: windows end with so many rows, made of stretches of `size_ms`. */
  readonly rows: number | null;
  /** In the middle one of the windows seen; null where rows have no times. */
  readonly rows_per_window: number | null;
  /** How long what was seen spans. */
  readonly span_ms: number | null;
}

export interface FalseAlarms {
  /** At most so many a week, by chance alone. */
  readonly at_most: number;
  readonly windows_per_week: number;
  /** In how many of 1,000 windows in which nothing moved anything is flagged. */
  readonly flagged_per_1000: number;
}

/** Where rows were seen. */
export type NoticedSource =
  | { readonly file: string }
  | {
      readonly brokers: readonly string[];
      readonly topic: string;
      readonly labels_topic: string | null;
      readonly format: string;
      readonly schema_registry: string | null;
      readonly records: number;
      readonly label_records: number;
    };

export interface Noticed {
  readonly source: NoticedSource;
  readonly model: string;
  readonly model_versions: readonly string[];
  readonly task: Task;
  readonly positive_class: string | null;
  readonly features_from: 'prediction' | 'features';
  readonly rows: number;
  readonly columns: readonly NoticedColumn[];
  readonly segments: readonly SegmentCandidate[];
  readonly window: NoticedWindow;
  readonly false_alarms_per_week: FalseAlarms;
  /** 99 of 100 labels came within this time of their predictions; null where that was not seen. */
  readonly labels_within_ms: number | null;
  /** What was decided on the way and could surprise; one sentence each. */
  readonly notes: readonly string[];
}
