import { errorMessage } from '../../core/errors.ts';
import type { ApiDeps } from '../api-deps.ts';
import type { App } from '../app.ts';
import { createMetrics } from '../metrics.ts';

export function addMetricsRoute(app: App, { readModels, version, clock, log }: ApiDeps): void {
  const metrics = createMetrics(version);
  app.get('/metrics', { config: { access: 'read' }, schema: { hide: true } }, async (_request, reply) => {
    const facts = await readModels.pipelineFacts().catch((error: unknown) => {
      log.warn({ error: errorMessage(error) }, 'the database did not answer a scrape');
      return null;
    });
    return reply.type(metrics.contentType).send(await metrics.render(facts, clock.nowMs()));
  });
}
