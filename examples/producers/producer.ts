import { randomUUID } from 'node:crypto';
import { Kafka } from 'kafkajs';

const { KAFKA_BROKERS = 'localhost:9092', PREDICTIONS_TOPIC = 'ml.predictions', LABELS_TOPIC = 'ml.labels' } = process.env;
const producer = new Kafka({ brokers: KAFKA_BROKERS.split(',') }).producer({ allowAutoTopicCreation: false });

async function send(topic: string, key: string, event: object): Promise<void> {
  try {
    await producer.send({ topic, acks: -1, messages: [{ key, value: JSON.stringify(event) }] });
  } catch (error) {
    console.error(`event lost: ${topic} ${key}: ${String(error)}`);
  }
}

export async function logPrediction(features: object, prediction: string, score: number): Promise<string> {
  const id = randomUUID();
  await send(PREDICTIONS_TOPIC, id, {
    type: 'prediction', prediction_id: id, model: 'credit-risk', model_version: '3', timestamp: Date.now(),
    features, prediction, score,
  });
  return id;
}

export async function logLabel(id: string, label: string): Promise<void> {
  await send(LABELS_TOPIC, id, {
    type: 'label', prediction_id: id, model: 'credit-risk', label, timestamp: Date.now(),
  });
}

await producer.connect().catch((error) => console.error(`no broker: ${String(error)}`));
const loan = await logPrediction({ age: 42, income: null, country: 'DE' }, 'approve', 0.83);
await logLabel(loan, 'deny'); // whenever the truth is known: minutes or months later
await producer.disconnect();
