import { DAY_MS } from './clock.ts';
import type { Consequence } from './alerts/consequence.ts';
import type { FeatureSettings } from './columns/feature-settings.ts';
import type { SeasonKind } from './findings.ts';
import type { CalendarEvent, MuteSchedule } from './alerts/mute-schedule.ts';
import type { OperationalSpec } from './operational.ts';
import type { PrivateFields } from './privacy/private-fields.ts';

/** What the steps need to know of a configured model. `src/config` produces it; steps never see YAML. */
export type Task = 'classification' | 'regression';

export interface WindowSpec {
  readonly sizeMs: number;
  /** A window of at least so many rows, made of whole stretches of `sizeMs`; absent: a window of `sizeMs`. */
  readonly rows?: number;
  /** How long after a window's end late rows are waited for before it closes. */
  readonly graceMs: number;
  /** How long after a window's end a late row still revises it. Later rows are only counted. */
  readonly acceptLateMs: number;
}

export interface LabelSpec {
  readonly horizonMs: number;
  readonly matureAfterMs: number;
  /** A window whose labels are all in, as far as history tells, does not wait for `matureAfterMs`. Absent: it does. */
  readonly matureEarly?: boolean;
  readonly minLabelled: number;
}

export interface AlertSpec {
  /** Consecutive windows of one series that must show a shift before people are told. */
  readonly forWindows: number;
  readonly remindEveryMs: number;
  /** Share of every threshold that a window must stay below to count as clean in an open incident. Absent: the default. */
  readonly clearShare?: number;
  /** Whether windows in which nothing came are an incident. Absent: no. */
  readonly noData?: boolean;
  readonly channels: readonly string[];
  /** What is told at once. Absent: everything. */
  readonly page?: 'all' | readonly Consequence[];
  /** Where the rest goes. Null: it is only shown. */
  readonly digest?: DigestSpec | null;
  /** When nobody is told anything. Absent: never. */
  readonly mute?: readonly MuteSchedule[];
}

export interface DigestSpec {
  /** Five fields, in the configured timezone. */
  readonly cron: string;
  /** None: no channel of the model takes digests. */
  readonly channels: readonly string[];
}

export const DEFAULT_CLEAR_SHARE = 0.8;

export type DriftKind = 'covariate_shift' | 'label_shift' | 'concept_drift';

export interface RetrainSpec {
  readonly webhook: string;
  readonly schedule: string | null;
  readonly performance: { readonly metric: string; readonly drop: number } | null;
  readonly drift: readonly DriftKind[];
  readonly cooldownMs: number;
  /** A run of which nothing was heard for so long is given up. Absent: `DEFAULT_SILENT_AFTER_MS`. */
  readonly silentAfterMs?: number;
  /** How long after its success a run's new version is compared with the old. Absent: `DEFAULT_JUDGE_FOR_MS`. */
  readonly judgeForMs?: number;
  /** What a run's curve is measured against. Absent: what the old version reached on its training data. */
  readonly target?: { readonly metric: string; readonly value: number; readonly lowerIsBetter: boolean };
  /** Requests in any seven days. Absent: as many as the cooldown lets through. */
  readonly maxPerWeek?: number;
  /** Mature labels a training range must hold, where labels are logged. Absent: as many as judging a window takes. */
  readonly minLabels?: number;
  /** A person has to approve a run within this time. Absent: nobody is asked. */
  readonly approval?: { readonly expiresAfterMs: number };
  /** Everything is decided, recorded and told, and nothing is sent. */
  readonly dryRun?: boolean;
}

export const DEFAULT_SILENT_AFTER_MS: number = 3 * DAY_MS;
export const DEFAULT_JUDGE_FOR_MS: number = 30 * DAY_MS;

export interface ModelSpec {
  readonly name: string;
  readonly task: Task;
  /** What people filter and group models by. Absent: none. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly positiveClass: string | null;
  readonly windows: readonly WindowSpec[];
  readonly segments: readonly string[];
  /** Features whose values are groups to be treated fairly. */
  readonly groups: readonly string[];
  readonly minRows: number;
  readonly labels: LabelSpec;
  readonly alerts: AlertSpec;
  readonly retrain: RetrainSpec | null;
  /** Absent: no limits, and the default reference. */
  readonly operational?: OperationalSpec;
  /** Bytes by version, where the configuration says. */
  readonly versionSizes?: Readonly<Record<string, number>>;
  /** What people say of single columns. Absent: nothing. */
  readonly features?: FeatureSettings;
  readonly featuresFrom: 'prediction' | 'features';
  readonly storePredictions: boolean;
  /** Share of the predictions that are stored, by hash of their id. Absent: all. Counts are always of all. */
  readonly sampling?: number;
  /** Windows are also compared with those of the same season in the past; absent: only with the training baseline. */
  readonly seasonal?: { readonly by: SeasonKind; readonly timeZone: string };
  /** What is known of dates and hours. Absent: nothing. */
  readonly calendar?: readonly CalendarEvent[];
  /** By whose clock windows are of an hour: IANA name. Absent: UTC. */
  readonly timeZone?: string;
  /** Whether windows are also compared by all features together. Absent: yes. */
  readonly multivariate?: boolean;
  /** Columns beyond those of its baselines. Absent: as many as `ModelColumns` says. */
  readonly columnLimit?: number;
  /** What of its rows is never kept. Absent: nothing is private. */
  readonly privateFields?: PrivateFields;
  /** Levels that fewer rows of a window and of the training data have are not named. Absent: all are. */
  readonly minCount?: number;
}

/** Longer windows hold more than one season of the kind: every week holds every hour of the week. */
export const LONGEST_SEASON_WINDOW_MS: Readonly<Record<SeasonKind, number>> = {
  hour_of_week: DAY_MS,
  day_of_week: DAY_MS,
  previous_year: 31 * DAY_MS,
};

/** Seasons looked back: older ones are another world. */
export const SEASON_WEEKS = 8;
export const SEASON_YEARS = 3;

export const DEFAULT_MODEL_VERSION = 'default';
