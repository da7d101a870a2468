import type { ConnectionOptions } from 'node:tls';
import type { Clock } from '../../core/clock.ts';
import { systemClock } from '../../core/clock.ts';
import type { LogEventType } from '../../core/events/events.ts';
import type { Log } from '../../core/log.ts';
import { silentLog } from '../../core/log.ts';

export interface KafkaConnection {
  readonly brokers: readonly string[];
  readonly clientId?: string;
  /** True: TLS with the system's authorities; an object for a private authority or a client certificate. */
  readonly ssl?: boolean | ConnectionOptions;
  readonly sasl?: KafkaSasl;
  readonly log?: Log;
}

export type KafkaSasl =
  | {
      readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
      readonly username: string;
      readonly password: string;
    }
  | { readonly mechanism: 'oauthbearer'; readonly login: OauthLogin };

/** Where bearer tokens come from. */
export type OauthLogin =
  | { readonly tokenFile: string }
  | {
      readonly tokenUrl: string;
      readonly clientId: string;
      readonly clientSecret: string;
      readonly scope: string | null;
    };

export interface KafkaTopic {
  readonly topic: string;
  /** Null: every event says its own type. */
  readonly eventType: LogEventType | null;
}

export interface KafkaOptions extends KafkaConnection {
  readonly groupId: string;
  /** Where a partition begins that the group has never read. */
  readonly start: 'earliest' | 'latest';
  readonly topics: readonly KafkaTopic[];
  /** A member silent for this long is dead to the group. */
  readonly sessionTimeoutMs?: number;
  /** A source silent for this long is dead to `health()`. Absent: three sessions. */
  readonly silentAfterMs?: number;
  /** How long a rebalance waits for members that are still busy. */
  readonly rebalanceTimeoutMs?: number;
  readonly heartbeatEveryMs?: number;
  /** Compressed bytes per partition in one fetch; unpacked JSON is some ten times larger. */
  readonly maxBytesPerPartition?: number;
  readonly maxBytesPerFetch?: number;
  readonly partitionsConsumedConcurrently?: number;
  /** Records per call of the handler: between two calls the group hears a heartbeat. */
  readonly chunkRecords?: number;
  readonly pollEveryMs?: number;
  /** First pause after a failure; it doubles up to thirty times this. */
  readonly retryAfterMs?: number;
  /** Of one compressed record batch, unpacked. */
  readonly maxUnpackedBytes?: number;
  readonly clock?: Clock;
}

export type ResolvedKafkaOptions = Required<Omit<KafkaOptions, 'ssl' | 'sasl'>> &
  Pick<KafkaOptions, 'ssl' | 'sasl'>;

const SILENT_SESSIONS = 3;
export const DEFAULT_MAX_UNPACKED_BYTES = 64 * 1024 * 1024;

export function resolveKafkaOptions(options: KafkaOptions): ResolvedKafkaOptions {
  const sessionTimeoutMs = options.sessionTimeoutMs ?? 30_000;
  return {
    clientId: 'shiftwatch',
    sessionTimeoutMs,
    silentAfterMs: SILENT_SESSIONS * sessionTimeoutMs,
    rebalanceTimeoutMs: 2 * sessionTimeoutMs,
    heartbeatEveryMs: sessionTimeoutMs / 10,
    maxBytesPerPartition: 1024 * 1024,
    maxBytesPerFetch: 10 * 1024 * 1024,
    partitionsConsumedConcurrently: 3,
    chunkRecords: 2_000,
    pollEveryMs: 5_000,
    retryAfterMs: 1_000,
    maxUnpackedBytes: DEFAULT_MAX_UNPACKED_BYTES,
    clock: systemClock,
    log: silentLog,
    ...options,
  };
}

export const sourceName = (topic: string): string => `kafka:${topic}`;
