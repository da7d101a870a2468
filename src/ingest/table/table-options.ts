/** What can be asked of the reader, and what it answers. */
import type { Task } from '../../core/model.ts';
import type { FeatureKind, Table } from '../../core/table.ts';
import type { DecimalMark } from './source-column.ts';
import type { OptionalRoles, SpecialNames } from './special-columns.ts';

export interface ReadProgress {
  readonly phase: 'looking' | 'reading';
  readonly rows: number;
  /** 0 to 1 within the phase; null when unknown. */
  readonly fraction: number | null;
}

export interface ReadTableOptions {
  /** Names of the special columns in this file, where they differ from `prediction_id`, `timestamp`, … */
  readonly columns?: SpecialNames;
  /** Roles whose named column may be missing, as long as another file that is read alike has it. */
  readonly optional?: OptionalRoles;
  /** Only these features, in this order. */
  readonly features?: readonly string[];
  readonly exclude?: readonly string[];
  readonly numeric?: readonly string[];
  readonly categorical?: readonly string[];
  readonly boolean?: readonly string[];
  readonly task?: Task;
  readonly positiveClass?: string;
  /**
   * Read the file as this one was: the same features, kinds, task and positive class. Cells that do not fit
   * are invalid, and a feature that is not in the file is missing in every row.
   */
  readonly like?: TableShape;
  /** What a text file is written in, as TextDecoder calls it; found out when not said. */
  readonly encoding?: string;
  /** What a comma in numbers of text is not: `comma` reads 1,5 as one and a half, `point` 1,500 as a thousand. */
  readonly decimal?: DecimalMark;
  readonly onProgress?: (progress: ReadProgress) => void;
}

/** How a file was understood; hand it on to read others the same way. */
export interface TableShape {
  readonly kinds: ReadonlyMap<string, FeatureKind>;
  readonly task: Task;
  readonly positiveClass: string | null;
  /** Numeric features that were written as text, so that text is no change of type. */
  readonly textNumbers: ReadonlySet<string>;
  /** Numeric features that hold nothing but 1 and 0: another file may write True and False. */
  readonly flags: ReadonlySet<string>;
  /** Columns that were there and are no features. */
  readonly leftOut: ReadonlySet<string>;
  /** Those of them that nobody asked to leave out: what they are taken for. */
  readonly leftOutBecause?: ReadonlyMap<string, { role: 'identifier' | 'doubtful'; why: string }>;
  /** Of categorical features that were written in few different texts: which. */
  readonly texts?: ReadonlyMap<string, readonly string[]>;
  /** Numeric features that are written as text with decimal commas. */
  readonly decimalCommas?: ReadonlySet<string>;
}

export interface ReadTable {
  readonly table: Table;
  /** A number for each row that does not depend on where it stands: what samples are drawn by. */
  readonly rowKeys: Float64Array;
  readonly shape: TableShape;
  /** What was decided on the way and could surprise; one sentence each. */
  readonly notes: readonly string[];
}
