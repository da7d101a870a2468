import { randomUUID } from 'node:crypto';
import Fastify from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Log } from '../../core/log.ts';
import type { App } from '../app.ts';
import { answerClientError } from '../client-errors.ts';
import { errorHandler, sendProblem } from '../error-handler.ts';

/** A request has to have arrived by then: slow clients must not collect connections. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than any database statement may take (20 s), so that its own error is what is seen. */
const HANDLER_TIMEOUT_MS = 30_000;
/** Longer than the idle timeout of the usual proxies (60 s): the proxy closes first, and never meets a reset. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;
const DEFAULT_BODY_LIMIT_BYTES = 64 * 1024;
/** A name of 256 characters, percent-encoded. */
const MAX_PARAM_LENGTH = 256 * 12;

/** What answers HTTP before it has a route: limits, schemas, and every failure as problem details. */
export function createBareApp(log: Log): App {
  const app = Fastify({
    logger: false,
    genReqId: () => randomUUID(),
    bodyLimit: DEFAULT_BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    handlerTimeout: HANDLER_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    // Node would answer that by itself, without a problem.
    http: { requireHostHeader: false },
    clientErrorHandler: answerClientError,
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    // Addresses in X-Forwarded-For are not used for anything.
    trustProxy: false,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    frameworkErrors: (error, request, reply) => void errorHandler(log)(error, request, reply),
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(errorHandler(log));
  app.setNotFoundHandler((request, reply) =>
    sendProblem(reply, 'not_found', { detail: `There is no ${request.method} ${pathOf(request.url)}.` }),
  );
  return app;
}

function pathOf(url: string): string {
  return url.split('?')[0] ?? url;
}
