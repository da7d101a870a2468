import type { EachBatchPayload } from 'kafkajs';
import type { ResolvedKafkaOptions } from './kafka-options.ts';
import type { Liveness } from './liveness.ts';
import { pauseMs, paused } from './pauses.ts';

export interface HandlerFailures {
  clear(topic: string, partition: number): void;
  pauseAfter(payload: EachBatchPayload, error: Error): void;
}

/** The handler's outages: its partition pauses and the same records come again, for as long as it takes. */
export function createHandlerFailures({
  options,
  liveness,
  stopping,
}: {
  readonly options: ResolvedKafkaOptions;
  readonly liveness: Liveness;
  readonly stopping: AbortSignal;
}): HandlerFailures {
  const counts = new Map<string, number>();
  const keyOf = (topic: string, partition: number): string => `${partition}@${topic}`;
  return {
    clear(topic, partition) {
      if (counts.delete(keyOf(topic, partition)) && counts.size === 0) liveness.concern('handler', null);
    },
    pauseAfter(payload, error) {
      const { topic, partition } = payload.batch;
      const count = (counts.get(keyOf(topic, partition)) ?? 0) + 1;
      counts.set(keyOf(topic, partition), count);
      liveness.concern('handler', `records of ${topic} cannot be processed: ${error.message}`);
      options.log.error(
        { topic, partition, attempt: count, err: error },
        'Processing records failed; retrying',
      );
      const resume = payload.pause();
      void paused(pauseMs(count, options.retryAfterMs), stopping).then(resume);
    },
  };
}
