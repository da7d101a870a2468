import type { Config } from '../config/resolve.ts';
import type { Pool } from '../store/pool.ts';
import type { Duty, DutyRole } from './duty.ts';
import type { ModelCatalog } from './model-catalog.ts';
import { kafkaTopics } from './start-ingest.ts';
import { refreshWatermarks } from './sweeper.ts';

const EVERY_MS = 5_000;

/** `kafka:<topic>` of every configured topic. */
export function logSources({ kafka }: Config): string[] {
  return kafka === null ? [] : kafkaTopics(kafka).map(({ topic }) => `kafka:${topic}`);
}

/**
 * How late a row is, is measured against where time stands, which other processes move: whoever counts rows has to look.
 * Whoever sweeps windows looks anyway.
 */
export function watermarksDuty(config: Config, pool: Pool, catalog: ModelCatalog, role: DutyRole): Duty {
  const { idleAfterMs } = config.ingest;
  const sources = logSources(config);
  return {
    name: 'watermarks',
    role,
    everyMs: EVERY_MS,
    run: async () => void (await refreshWatermarks({ pool, catalog, logSources: sources, idleAfterMs })),
  };
}
