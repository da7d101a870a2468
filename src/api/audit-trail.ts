import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ProblemName } from './problem.ts';
import { ANONYMOUS, type Refusals } from './session/refusals.ts';
import type { ApiDeps } from './api-deps.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * What the audit trail calls a request to this route, `<thing>.<verb>`, such as `alert.acknowledge`. Every route that changes something
     * has one (`test/api/audit.test.ts`); null: it notes by itself what it does, or nobody needs to know.
     */
    audit?: string | null;
  }
  interface FastifyRequest {
    /** What it is done to: the path's parameters, once they were checked, unless the route knows better. */
    auditTarget: string | null;
    /** How it was refused. */
    problem: ProblemName | null;
  }
}

/**
 * Notes requests to routes that name an audit action, with what became of them, before they are answered: whoever has the answer finds
 * the entry. What was changed is committed by then, so a trail that cannot be written is told of in the log.
 */
export function addAuditTrail(
  app: FastifyInstance,
  { audit, clock, log }: Pick<ApiDeps, 'audit' | 'clock' | 'log'>,
  refusals: Refusals,
): void {
  app.decorateRequest('auditTarget', null);
  app.decorateRequest('problem', null);
  app.addHook('preHandler', (request, _reply, done) => {
    const params = Object.values(request.params ?? {}).map(String);
    if (params.length > 0) request.auditTarget = params.join('/');
    done();
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const action = request.routeOptions.config?.audit ?? null;
    if (action === null || request.is404) return payload;
    const { auditTarget: target, problem } = request;
    const entry = { ...callerOf(request), action, target };
    const nowMs = clock.nowMs();
    if (reply.statusCode >= 400) {
      const refusedBecause = problem ?? String(reply.statusCode);
      await refusals.note(request.grant?.prefix ?? request.ip, { ...entry, refusedBecause }, nowMs);
      return payload;
    }
    try {
      await audit.append({ ...entry, refusedBecause: null }, nowMs);
    } catch (error) {
      log.error({ ...entry, error: String(error) }, 'a change could not be noted in the audit trail');
    }
    return payload;
  });
}

/** What the audit trail says of who sent it. */
function callerOf({ grant, ip }: FastifyRequest) {
  return { actor: grant?.prefix ?? ANONYMOUS, actorName: grant?.name ?? null, address: ip };
}
