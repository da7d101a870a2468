/** What `init` is asked for, and what a file or a topic comes to. */
import type { Table } from '../../core/table.ts';
import type { Noticed } from '../../init/noticed.ts';
import type { SpecialNames } from '../../ingest/table/special-columns.ts';
import type { ModelFlags, TableFlags, WritingFlags } from '../terminal/table-options.ts';

export interface InitFlags extends TableFlags, ModelFlags, WritingFlags {
  readonly topic?: string;
  readonly labelsTopic?: string;
  readonly brokers?: string;
  readonly schemaRegistry?: string;
  readonly createTopics?: boolean;
  readonly model?: string;
  /** True without a path. */
  readonly write?: string | true;
  readonly json?: boolean;
  /** True: all of a file, the older half of a topic. */
  readonly baseline?: { readonly fromMs: number; readonly untilMs: number } | true;
}

/** What a file or a topic came to. */
export interface InitSource {
  readonly noticed: Noticed;
  /** By version: what a baseline may be made of, with keys of its rows. */
  readonly tables: ReadonlyMap<string, { readonly table: Table; readonly rowKeys: Float64Array | null }>;
  /** Of a file: columns that have to be named wherever it is read again. */
  readonly columns: SpecialNames;
  /** A configuration with TLS or a login, which the new one needs as well. */
  readonly securityFrom: string | null;
}
