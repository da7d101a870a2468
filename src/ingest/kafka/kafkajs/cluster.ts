import type { Kafka } from 'kafkajs';
import type { FetchAnswer } from '../records/fetch-answer.ts';
import { KNOWN_KAFKAJS } from './internals.ts';

/** What kafkajs knows of the brokers, below its consumers: enough to read a partition without any group. */
export interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  refreshMetadata(): Promise<void>;
  findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number }[];
  findLeaderForPartitions(
    topic: string,
    partitions: readonly number[],
  ): Readonly<Record<string, readonly number[]>>;
  findBroker(of: { readonly nodeId: string }): Promise<FetchingBroker>;
  fetchTopicsOffset(
    of: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number }[];
      readonly fromBeginning: boolean;
    }[],
  ): Promise<
    readonly { readonly partitions: readonly { readonly partition: number; readonly offset: string }[] }[]
  >;
}

export interface FetchingBroker {
  fetch(request: {
    readonly replicaId: number;
    readonly isolationLevel: number;
    readonly maxWaitTime: number;
    readonly minBytes: number;
    readonly maxBytes: number;
    readonly topics: readonly {
      readonly topic: string;
      readonly partitions: readonly {
        readonly partition: number;
        readonly fetchOffset: string;
        readonly maxBytes: number;
      }[];
    }[];
  }): Promise<FetchAnswer>;
}

export const READ_COMMITTED = 1;

/** Of a client made by `createKafkaClient`. It makes no topic by asking for it. */
export function clusterOf(client: Kafka): Cluster {
  const named = Object.getOwnPropertySymbols(client).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  );
  const make: unknown = named === undefined ? undefined : Reflect.get(client, named);
  if (typeof make !== 'function') {
    throw new Error(`kafkajs keeps its clusters elsewhere than ${KNOWN_KAFKAJS} does`);
  }
  return (make as (how: object) => Cluster)({
    metadataMaxAge: 300_000,
    allowAutoTopicCreation: false,
    isolationLevel: READ_COMMITTED,
  });
}
