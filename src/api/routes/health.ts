import { z } from 'zod';
import { readyAnswer } from '../../store/rows/readiness.ts';
import type { ApiDeps } from '../api-deps.ts';
import type { App } from '../app.ts';

const config = { access: 'open' } as const;
const tags = ['health'];
const live = z.object({ alive: z.boolean(), reason: z.string().nullable() });

export function addHealthRoutes(app: App, { liveness, readModels, log }: ApiDeps): void {
  app.get(
    '/health/live',
    {
      config,
      schema: {
        tags,
        operationId: 'live',
        security: [],
        summary: 'Should this process be restarted?',
        response: { 200: live, 503: live },
      },
    },
    async (_request, reply) => {
      const { alive, reason } = liveness();
      return reply.code(alive ? 200 : 503).send({ alive, reason });
    },
  );

  app.get(
    '/health/ready',
    {
      config,
      schema: {
        tags,
        operationId: 'ready',
        security: [],
        summary:
          'Can this process answer? The database does and can store, and its tables are the ones this version knows.',
        response: { 200: readyAnswer, 503: readyAnswer },
      },
    },
    async (_request, reply) => {
      const { ready: isReady, database, migrations, detail } = await readModels.readiness();
      // The detail may name addresses, and this route is open to everybody.
      if (!isReady) log.warn({ database, migrations, detail }, 'not ready to answer requests');
      return reply.code(isReady ? 200 : 503).send({ ready: isReady, database, migrations });
    },
  );
}
