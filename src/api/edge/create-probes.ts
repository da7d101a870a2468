import { addAccessControl } from '../access.ts';
import type { App } from '../app.ts';
import { addBrowserGuard } from '../browser-guard.ts';
import type { ProcessMetrics } from '../metrics/process-metrics.ts';
import { timeRequests } from '../metrics/time-requests.ts';
import { addHealthRoutes, type HealthDeps } from '../routes/health.ts';
import { addProcessMetricsRoute } from '../routes/process-metrics.ts';
import { addSecurityHeaders } from '../security-headers.ts';
import type { IdentifyDeps } from '../session/identify.ts';
import { createBareApp } from './bare-app.ts';

interface ProbeDeps extends HealthDeps, IdentifyDeps {
  readonly listenHost: string;
  readonly metrics: ProcessMetrics;
}

/** What an orchestrator and Prometheus ask of a process whatever its roles are, and nothing else; who may ask is as in the API. */
export function createProbes(deps: ProbeDeps): App {
  const app = createBareApp(deps.log);
  timeRequests(app, deps.metrics);
  addSecurityHeaders(app);
  addBrowserGuard(app, deps);
  app.decorateRequest('problem', null);
  addAccessControl(app, deps);
  addHealthRoutes(app, deps);
  addProcessMetricsRoute(app, deps, deps.metrics);
  return app;
}
