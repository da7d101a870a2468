import { carryRecordBatches } from './carry-record-batches.ts';
import { kafkajsInternals } from './internals.ts';
import { mendThrottleTimer } from './throttle-timer.ts';

let isAdapted = false;

/**
 * Makes kafkajs read logs as shiftwatch does, before the first client is made.
 *
 * @throws UserError when another kafkajs is installed than the one this was made for
 */
export function adaptKafkajs(): void {
  if (isAdapted) return;
  const { fetch, requestQueue } = kafkajsInternals();
  carryRecordBatches(fetch);
  mendThrottleTimer(requestQueue);
  isAdapted = true;
}
