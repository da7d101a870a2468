import type { Clock } from '../../core/clock.ts';
import type { LogEventType } from '../../core/events/events.ts';
import type { Log } from '../../core/log.ts';
import type { PartitionId } from '../../core/events/log-source.ts';
import type { Pool } from '../../store/connection/pool.ts';
import type { IdLedger } from '../intake/id-ledger.ts';
import type { CommitCheckpoint } from '../intake/commit-buffer.ts';
import type { LogIntakes } from './log-intakes.ts';
import type { ModelCatalog } from '../windows/model-catalog.ts';

/** What a consumer asks of the process around it, and tells it. */
export interface ConsumerHooks {
  /** Waits a little where the process has hardly any memory left for a batch. Absent: there is always enough. */
  readonly room?: () => Promise<void>;
  /** Labels were stored: the joiner may look. */
  readonly onLabels?: () => void;
}

export interface PartitionConsumerOptions extends ConsumerHooks {
  readonly pool: Pool;
  readonly catalog: ModelCatalog;
  readonly ledger: IdLedger;
  /** How records become counts of a checkpoint: decode, then window. */
  readonly intakes: LogIntakes;
  /** How a checkpoint is written, in the transaction that moves the log's position. */
  readonly commit: CommitCheckpoint;
  readonly checkpointEveryMs: number;
  /** What a checkpoint may take: less than the group waits for a silent member. Absent: 24 s. */
  readonly transactionWithinMs?: number;
  /** `kafka.start: latest`: a partition never read before is read from its end. */
  readonly startAtEnd: boolean;
  /** Who is told of records that a log has lost. */
  readonly alertChannels?: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  /** What a topic carries, by topic name. */
  readonly eventTypeOf: (partition: PartitionId) => LogEventType | null;
}
