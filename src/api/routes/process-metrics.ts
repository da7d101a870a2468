import type { FastifyReply } from 'fastify';
import type { Registry } from 'prom-client';
import { withDeadline } from '../../core/clock.ts';
import type { App } from '../app.ts';
import { expose } from '../metrics/exposition.ts';
import type { ProcessMetrics } from '../metrics/process-metrics.ts';
import type { HealthDeps } from './health.ts';

/** Prometheus gives up after ten seconds, and then does not hear that it was the database. */
export const SCRAPED_WITHIN_MS = 6_000;

/** What this process did. */
export function addProcessMetricsRoute(
  app: App,
  { readModels }: Pick<HealthDeps, 'readModels'>,
  metrics: ProcessMetrics,
): void {
  const config = { access: 'read', outlivesDatabase: true } as const;
  app.get('/metrics', { config, schema: { hide: true } }, async ({ headers }, reply) => {
    const { database } = await withDeadline(readModels.readiness(), SCRAPED_WITHIN_MS).catch(() => ({
      database: 'unreachable',
    }));
    metrics.databaseUp(database !== 'unreachable');
    return await sendMetrics(reply, metrics.registry, headers.accept);
  });
}

export async function sendMetrics(
  reply: FastifyReply,
  registry: Registry,
  accept: string | undefined,
): Promise<FastifyReply> {
  const { contentType, body } = await expose(registry, accept);
  return reply.header('vary', 'accept').type(contentType).send(body);
}
