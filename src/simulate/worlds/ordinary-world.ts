import type { Task } from '../../core/model.ts';
import type { WorldChange } from '../change.ts';
import type { Draws } from '../draws.ts';
import type { Feature, Row, UnitMistake } from '../family.ts';

/** What happens by itself while one seed's time goes by; moments are asked in order. */
export interface Life<R extends Row = Row> {
  /** Arrivals now, by those of an average moment. */
  busy(ms: number): number;
  /** What arrives: a row, or the rows of a group. */
  arrive(ms: number, draw: Draws): readonly R[];
}

/** A conversion, and whether more than a growth by chance can be told from it. */
export interface WorldUnit extends UnitMistake {
  /** By an offset, a factor of ten and more, or the comb that values rounded before it leave behind. */
  readonly isTold: boolean;
}

/** Where its pipeline can break, and what then remains to be seen of it. */
export interface WeakPoints {
  /** Numbers on which the truth depends most. */
  readonly matters: readonly string[];
  readonly units: readonly WorldUnit[];
  /** Columns that could be taken for one another. */
  readonly swaps: readonly (readonly [string, string])[];
  /** Columns whose reversed sign can be told. */
  readonly flips: readonly string[];
  /**
   * A column that follows closely from others of the row, so that another row's value stands out, and those that could as
   * well be the wrong one: of two that only follow from each other nobody can say which.
   */
  readonly joined: readonly string[];
  /** Numbers of which hardly two are equal. */
  readonly fine: readonly string[];
  /** Columns of a few levels, each of them common. */
  readonly levels: readonly string[];
  /** Levels and flags on which other columns depend so closely that exchanged ones stand out. */
  readonly company: readonly string[];
  /** Columns of the words `true` and `false`. */
  readonly flags: readonly string[];
  /** Two rows may be equal in everything. */
  readonly repeatsRows: boolean;
}

/**
 * A world in which nothing is wrong and much happens: what a column does by itself is here what a fault would be
 * elsewhere. Rows arrive over time; the truth does not move.
 */
export interface OrdinaryWorld<R extends Row = Row> {
  readonly name: string;
  readonly about: string;
  /** Nobody looks at it while a rule is changed; played only when asked for. */
  readonly heldBack: boolean;
  readonly task: Task;
  readonly features: readonly Feature[];
  /** Those that only name rows: whoever reads a file of them leaves them out. */
  readonly identifiers?: readonly string[];
  /** The class whose log odds the truth is, first. */
  readonly classes: readonly string[];
  /** A numeric outcome is level + spread × index + noise. */
  readonly outcome: { readonly level: number; readonly spread: number; readonly noise: number };
  readonly time: {
    readonly referenceDays: number;
    /** Arrivals of an average day. */
    readonly perDay: number;
    /** How long windows are. */
    readonly windowDays: readonly number[];
  };
  /** Its inputs move between windows by themselves: there a covariate shift is nothing false, a fault is. */
  readonly moves: boolean;
  /** What the log odds of the scores are multiplied by; above 1 they are too confident. */
  readonly confidence: number;
  begin(draw: Draws): Life<R>;
  truth(row: R): number;
  /** What the deployed model takes for the truth. */
  model(row: R): number;
  /** Standard deviation of a numeric outcome, where it is not the same everywhere. */
  noiseOf?(row: R): number;
  /** More than two classes: log odds of all but the first among each other. */
  others?(row: R): readonly number[];
  /** The columns that follow from the row's time. */
  calendar?(ms: number): Partial<R>;
  readonly weak: WeakPoints;
}

/** What must be known of rows, drawn or real, to break their pipeline. */
export type Breakable = Pick<OrdinaryWorld, 'features' | 'task' | 'classes' | 'moves' | 'weak' | 'calendar'>;

/** Of a change of the world, what is asked of a row on its way into the log. */
export type Happening = Pick<WorldChange, 'inputs' | 'admit' | 'keep' | 'concept'>;
