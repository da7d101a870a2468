import type { KafkaConfig, Producer } from 'kafkajs';
import type { Carrier } from './event-queue.ts';
import type { KafkaSettings } from './kafka-settings.ts';

const LONGEST_PAUSE_MS = 10_000;

export interface KafkaTopics {
  readonly prediction: string;
  readonly label: string;
}

/** Batches through Kafka, by the program's own kafkajs; a batch that failed goes again, and duplicates have their ids. */
export function kafkaCarrier(settings: KafkaSettings, topics: KafkaTopics): Carrier {
  let connecting: Promise<Producer> | null = null;
  const connected = async (): Promise<Producer> => {
    const { Kafka, logLevel } = await import('kafkajs');
    const producer = new Kafka({ logLevel: logLevel.NOTHING, ...(settings as KafkaConfig) }).producer({
      idempotent: true,
    });
    await producer.connect();
    return producer;
  };
  return {
    async carry(batch) {
      try {
        const producer = await (connecting ??= connected());
        const of = (type: keyof KafkaTopics) => ({
          topic: topics[type],
          messages: batch
            .filter((event) => event.type === type)
            .map(({ key, text }) => ({ key, value: text })),
        });
        const topicMessages = [of('prediction'), of('label')].filter(({ messages }) => messages.length > 0);
        await producer.sendBatch({ acks: -1, topicMessages });
        return { kind: 'delivered', refused: new Map() };
      } catch (error) {
        const { type, retriable } = error as { readonly type?: string; readonly retriable?: boolean };
        if (type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE') return { kind: 'too_large' };
        // A producer that could not connect is made anew; one whose sequence is broken, too.
        const failed = connecting;
        connecting = null;
        void failed?.then((producer) => producer.disconnect()).catch(() => undefined);
        if (type !== undefined && retriable === false && /AUTHORIZATION|AUTHENTICATION/.test(type)) {
          return { kind: 'refused', reason: type.toLowerCase() };
        }
        return { kind: 'again', pauseMs: null };
      }
    },
    async close() {
      const done = connecting?.then((producer) => producer.disconnect()).catch(() => undefined);
      await Promise.race([done, new Promise((resolve) => setTimeout(resolve, LONGEST_PAUSE_MS).unref())]);
    },
  };
}
