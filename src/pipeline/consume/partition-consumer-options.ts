import type { Clock } from '../../core/clock.ts';
import type { LogEventType } from '../../core/events/events.ts';
import type { Log } from '../../core/log.ts';
import type { PartitionId } from '../../core/events/log-source.ts';
import type { DecodeLimits } from '../../decode/limits.ts';
import type { Pool } from '../../store/connection/pool.ts';
import type { SegmentRegistry } from '../../window/segments.ts';
import type { IdLedger } from '../intake/id-ledger.ts';
import type { JoinAtOnce } from '../labels/join-at-once.ts';
import type { LogDecoders } from '../intake/log-decoders.ts';
import type { ModelCatalog } from '../windows/model-catalog.ts';

export interface PartitionConsumerOptions {
  readonly pool: Pool;
  readonly catalog: ModelCatalog;
  readonly segments: SegmentRegistry;
  readonly ledger: IdLedger;
  readonly limits: DecodeLimits;
  readonly checkpointEveryMs: number;
  readonly reevaluateAfterMs: number;
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
  /** Of logs whose messages are not plain JSON events. */
  readonly decoderOf?: LogDecoders;
  /** How labels are taken to predictions that are there; absent: the joiner takes all of them. */
  readonly atOnce?: JoinAtOnce;
  /** Labels were stored: the joiner may look. */
  readonly onLabels?: () => void;
}
