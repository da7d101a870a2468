/** A bare kafkajs consumer in a process of its own: counts messages, or parses them too. Progress goes to stdout. */
import { parseArgs } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { silenceTimeoutNegativeWarning } from '../../test/harness/kafka/kafkajs-warning.ts';

silenceTimeoutNegativeWarning();
const { values } = parseArgs({
  options: { brokers: { type: 'string' }, topic: { type: 'string' }, parse: { type: 'boolean' } },
});
const brokers = (values.brokers ?? '').split(',');
const consumer = new Kafka({ clientId: 'bare', brokers, logLevel: logLevel.NOTHING }).consumer({
  groupId: `bare-${process.pid}-${Date.now()}`,
});
let events = 0;
let fields = 0;
await consumer.connect();
await consumer.subscribe({ topics: [values.topic ?? ''], fromBeginning: true });
await consumer.run({
  autoCommit: false,
  eachBatchAutoResolve: false,
  partitionsConsumedConcurrently: 3,
  eachBatch: async ({ batch, resolveOffset }) => {
    for (const { value } of batch.messages) {
      if (values.parse === true && value !== null) {
        const parsed = JSON.parse(value.toString('utf8')) as { features: object };
        // Something must depend on the result, or it might not be computed.
        if (parsed.features !== null) fields += 1;
      }
      events += 1;
    }
    resolveOffset(batch.lastOffset());
    process.stdout.write(`${events} ${fields}\n`);
  },
});
