import { readNamesInPath } from './names-in-path.ts';
import type { RouteOptions } from 'fastify';
import { z } from 'zod';
import { addAccessControl } from './access.ts';
import type { ApiDeps } from './api-deps.ts';
import type { App } from './app.ts';
import { addAuditTrail } from './audit-trail.ts';
import { addBrowserGuard } from './browser-guard.ts';
import { addCompression } from './compress-answers.ts';
import { createBareApp } from './edge/bare-app.ts';
import { addOpenApi, addOpenApiRoute } from './openapi.ts';
import { addAlertAttentionRoutes } from './routes/alert-attention.ts';
import { readOutRefusedBodies } from './read-out.ts';
import { addComparisonRoute } from './routes/comparisons.ts';
import { addDeadLetterRoutes } from './routes/dead-letters.ts';
import { addDeliveryRoutes } from './routes/deliveries.ts';
import { addEndpointRoutes } from './routes/endpoints.ts';
import { addEventRoutes } from './routes/events.ts';
import { addAlertRoutes, addVerdictRoutes } from './routes/findings.ts';
import { addFleetRoute } from './routes/screens/fleet.ts';
import { addHealthRoutes } from './routes/health.ts';
import { addIncidentRoutes } from './routes/incidents.ts';
import { addLabelledDataRoutes } from './routes/labelled-data.ts';
import { addLiveRoute } from './routes/screens/live.ts';
import { processMetrics } from './metrics/process-metrics.ts';
import { timeRequests } from './metrics/time-requests.ts';
import { addMetricsRoutes } from './routes/metrics.ts';
import { addModelRoutes } from './routes/models.ts';
import { addModelScreenRoutes } from './routes/screens/model-screen.ts';
import { addPostBaseline } from './routes/post-baseline.ts';
import { addNoSession, addSessionRoutes } from './routes/session.ts';
import { addSilenceRoutes } from './routes/silences.ts';
import { addDayRoutes } from './routes/days.ts';
import { addFeatureScreenRoutes } from './routes/screens/feature-screen.ts';
import { addInspectionRoutes } from './routes/screens/inspections.ts';
import { addVersionRoutes } from './routes/versions.ts';
import { addPipelineRoutes } from './routes/screens/pipeline.ts';
import { addAuditRoute } from './routes/audit.ts';
import { addLoginRoutes } from './routes/login.ts';
import { addPageRoutes } from './routes/screens/pages.ts';
import { addRetrainRoutes } from './routes/retrains.ts';
import { addRecipientRoutes, addUnsubscribeRoutes } from './routes/unsubscribe.ts';
import { addWindowRoutes } from './routes/windows.ts';
import { addSecurityHeaders } from './security-headers.ts';
import { boundedRefusals } from './session/refusals.ts';
import type { SignInDeps } from './session/sign-in.ts';

/**
 * The HTTP edge: routes under `/api/v1`, health, metrics and the first page. It decides nothing itself; what
 * it answers comes from `deps`. Listen where `assertListenAllowed` said, or call `inject()` in tests.
 */
export function createApi(deps: ApiDeps): App {
  const app = createBareApp(deps.log);
  const refusals = boundedRefusals(deps);
  const metrics = deps.metrics ?? processMetrics(deps.version);
  timeRequests(app, metrics);
  addSecurityHeaders(app);
  addCompression(app);
  addAuditTrail(app, deps, refusals);
  readOutRefusedBodies(app);
  addBrowserGuard(app, deps);
  addAccessControl(app, deps);
  addOpenApi(app, deps.version);
  void app.register((root: App, _options, done) => {
    addHealthRoutes(root, deps);
    addMetricsRoutes(root, deps, metrics);
    addPageRoutes(root, deps);
    addUnsubscribeRoutes(root, deps);
    addSigningIn(root, { ...deps, refusals });
    done();
  });
  void app.register(
    (v1: App, _options, done) => {
      addVersionOne(v1, deps);
      done();
    },
    { prefix: '/api/v1' },
  );
  return app;
}

/** All below `/api/v1`. */
function addVersionOne(v1: App, deps: ApiDeps): void {
  v1.addHook('onRoute', expectNoParameters);
  v1.addHook('preValidation', readNamesInPath);
  addEventRoutes(v1, deps);
  addFleetRoute(v1, deps);
  addModelRoutes(v1, deps);
  addVersionRoutes(v1, deps);
  addModelScreenRoutes(v1, deps);
  addDayRoutes(v1, deps);
  addPostBaseline(v1, deps);
  addComparisonRoute(v1, deps);
  addWindowRoutes(v1, deps);
  addInspectionRoutes(v1, deps);
  addFeatureScreenRoutes(v1, deps);
  addVerdictRoutes(v1, deps);
  addAlertRoutes(v1, deps);
  addAlertAttentionRoutes(v1, deps);
  addIncidentRoutes(v1, deps);
  addSilenceRoutes(v1, deps);
  addRetrainRoutes(v1, deps);
  addDeliveryRoutes(v1, deps);
  addEndpointRoutes(v1, deps);
  addDeadLetterRoutes(v1, deps);
  addLabelledDataRoutes(v1, deps);
  addRecipientRoutes(v1, deps);
  addPipelineRoutes(v1, deps);
  addLiveRoute(v1, deps);
  addAuditRoute(v1, deps);
  addOpenApiRoute(v1);
}

/** Without tokens there is nobody to be. */
function addSigningIn(root: App, deps: SignInDeps): void {
  if (deps.verifyToken === null) {
    addNoSession(root);
    return;
  }
  addLoginRoutes(root, deps);
  addSessionRoutes(root, deps);
}

/** What reads takes the parameters it names, also where it names none: a misspelt filter is no filter. */
function expectNoParameters({ method, schema }: RouteOptions): void {
  if (method !== 'GET' || schema === undefined || schema.querystring !== undefined) return;
  schema.querystring = z.strictObject({});
}
