import { Kafka, logLevel, Partitioners } from 'kafkajs';

const PARTITIONS = 4;
const AT_ONCE = 5_000;

/** Makes a topic where there is none, and appends messages to it, from all partitions in turn. */
export async function fillTopic(
  brokers: string,
  topic: string,
  count: number,
  message: (index: number) => object,
): Promise<void> {
  const client = new Kafka({ clientId: 'bench', brokers: brokers.split(','), logLevel: logLevel.NOTHING });
  const admin = client.admin();
  await admin.connect();
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: PARTITIONS }] });
  await admin.disconnect();
  const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  for (let sent = 0; sent < count; sent += AT_ONCE) {
    const messages = Array.from({ length: Math.min(AT_ONCE, count - sent) }, (_, i) => ({
      value: JSON.stringify(message(sent + i)),
      partition: (sent + i) % PARTITIONS,
    }));
    await producer.send({ topic, messages });
  }
  await producer.disconnect();
}
