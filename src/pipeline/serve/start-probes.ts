import { createProbes } from '../../api/edge/create-probes.ts';
import { assertListenAllowed } from '../../api/listen.ts';
import type { ProcessMetrics } from '../../api/metrics/process-metrics.ts';
import type { Config } from '../../config/resolve.ts';
import { readiness } from '../../store/read-models/readiness.ts';
import { verifyToken } from '../../store/tokens.ts';
import type { Line } from './line.ts';
import { type Answering, answerAt } from './answer-at.ts';
import { livenessOf } from './liveness-of.ts';
import { loginDesks } from './login-desks.ts';

interface ProbeOptions extends Line {
  readonly failure: () => string | null;
  readonly metrics: ProcessMetrics;
}

/** Health and metrics of this process at an address of their own, whatever its roles. */
export async function startProbes(
  { config, pool, clock, log, failure, metrics }: ProbeOptions,
  address: NonNullable<Config['probes']>,
): Promise<Answering> {
  assertListenAllowed(address, config.auth.tokens);
  const app = createProbes({
    listenHost: address.host,
    verifyToken: config.auth.tokens ? async (text, nowMs) => await verifyToken(pool, text, nowMs) : null,
    ...loginDesks(config, pool, log),
    readModels: { readiness: async () => await readiness(pool) },
    liveness: livenessOf(failure),
    metrics,
    clock,
    log,
  });
  const started = await answerAt(app, address, 'probes.listen');
  log.info({ url: started.url }, 'listening for probes');
  return started;
}
