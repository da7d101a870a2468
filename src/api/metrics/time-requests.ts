import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ProcessMetrics } from './process-metrics.ts';

/** Every answer but streams, whose length says nothing; by the pattern of the route, since paths are as many as names. */
export function timeRequests(app: FastifyInstance, metrics: ProcessMetrics): void {
  app.addHook('onResponse', (request, reply, done) => {
    if (!isStream(reply)) {
      metrics.requestEnded({
        route: request.routeOptions.url ?? 'none',
        method: request.method,
        status: reply.statusCode,
        seconds: reply.elapsedTime / 1_000,
      });
    }
    done();
  });
  app.addHook('onClose', async () => metrics.close());
}

function isStream(reply: FastifyReply): boolean {
  const type = reply.getHeader('content-type');
  return typeof type === 'string' && type.startsWith('text/event-stream');
}
