import { withDeadline } from '../../core/clock.ts';
import { errorMessage } from '../../core/errors.ts';
import type { ApiDeps } from '../api-deps.ts';
import type { App } from '../app.ts';
import { createMetrics } from '../metrics.ts';

/** Prometheus gives up after ten seconds, and then does not hear that it was the database. */
const SCRAPED_WITHIN_MS = 6_000;

export function addMetricsRoute(app: App, { readModels, version, clock, log }: ApiDeps): void {
  const metrics = createMetrics(version);
  app.get('/metrics', { config: { access: 'read' }, schema: { hide: true } }, async (_request, reply) => {
    const asked = withDeadline(readModels.pipelineFacts(), SCRAPED_WITHIN_MS);
    const facts = await asked.catch((error: unknown) => {
      log.warn({ error: errorMessage(error) }, 'the database did not answer a scrape');
      return null;
    });
    return reply.type(metrics.contentType).send(await metrics.render(facts, clock.nowMs()));
  });
}
