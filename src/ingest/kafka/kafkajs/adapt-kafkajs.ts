import { carryRecordBatches } from './carry-record-batches.ts';
import { kafkajsInternals } from './internals.ts';
import { mendThrottleTimer } from './throttle-timer.ts';
import { mendEmptyRest } from './whole-answers.ts';

let isAdapted = false;

/**
 * Makes kafkajs read logs as shiftwatch does, before the first client is made.
 *
 * @throws UserError when another kafkajs is installed than the one this was made for
 */
export function adaptKafkajs(): void {
  if (isAdapted) return;
  const { fetch, connection, requestQueue } = kafkajsInternals();
  carryRecordBatches(fetch);
  mendEmptyRest(connection);
  mendThrottleTimer(requestQueue);
  isAdapted = true;
}
