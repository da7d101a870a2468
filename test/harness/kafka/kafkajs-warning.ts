import { kafkajsInternals } from '../../../src/ingest/kafka/kafkajs/internals.ts';
import { mendThrottleTimer } from '../../../src/ingest/kafka/kafkajs/throttle-timer.ts';

/** For plain kafkajs clients: without it Node warns of a negative timer at every connect (kafkajs issue 1751). */
export function silenceTimeoutNegativeWarning(): void {
  mendThrottleTimer(kafkajsInternals().requestQueue);
}
