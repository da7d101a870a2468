import { z } from 'zod';
import { withDeadline } from '../../core/clock.ts';
import { errorMessage } from '../../core/errors.ts';
import { type Readiness, readyAnswer } from '../../store/rows/readiness.ts';
import type { ApiDeps } from '../api-deps.ts';
import type { App } from '../app.ts';

const config = { access: 'open' } as const;
const tags = ['health'];
/** Whoever probes waits a few seconds at most, and a server that hangs answers as one that is not there. */
const READY_WITHIN_MS = 3_000;

function noAnswer(error: unknown): Readiness {
  return { ready: false, database: 'unreachable', migrations: 'unknown', detail: errorMessage(error) };
}

const live = z.object({ alive: z.boolean(), reason: z.string().nullable() });

export interface HealthDeps extends Pick<ApiDeps, 'liveness' | 'log'> {
  readonly readModels: Pick<ApiDeps['readModels'], 'readiness'>;
}

export function addHealthRoutes(app: App, { liveness, readModels, log }: HealthDeps): void {
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
      const {
        ready: isReady,
        database,
        migrations,
        detail,
      } = await withDeadline(readModels.readiness(), READY_WITHIN_MS).catch(noAnswer);
      // The detail may name addresses, and this route is open to everybody.
      if (!isReady) log.warn({ database, migrations, detail }, 'not ready to answer requests');
      return reply.code(isReady ? 200 : 503).send({ ready: isReady, database, migrations });
    },
  );
}
