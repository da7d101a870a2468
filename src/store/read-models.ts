import { listAudit } from './audit.ts';
import type { Pool } from './connection/pool.ts';
import { listAlertStates } from './read-models/alert-states.ts';
import { listUnsubscribed } from './outbox/mail-recipients.ts';
import { countAlerts, findAlert, listAlertEvents, listAlerts } from './read-models/alerts.ts';
import { findBaseline, listBaselines } from './read-models/baselines.ts';
import { findDeadLetter, listDeadLetters } from './read-models/dead-letters.ts';
import { findDelivery, listDeliveries } from './read-models/deliveries.ts';
import { listDisabledEndpoints } from './read-models/disabled-endpoints.ts';
import { listMeasurements } from './read-models/measurements.ts';
import { modelFigures } from './read-models/model-figures.ts';
import { findModel, listModels, listVersions, versionExists } from './read-models/models.ts';
import { overview } from './read-models/overview.ts';
import { modelFeatures } from './read-models/screens/model-features.ts';
import { modelHeatmap } from './read-models/screens/model-heatmap.ts';
import { modelMarkers } from './read-models/screens/model-markers.ts';
import { modelOverview } from './read-models/screens/model-overview.ts';
import { modelPerformance, modelPerformanceParts } from './read-models/screens/model-performance.ts';
import { modelRibbon } from './read-models/screens/model-ribbon.ts';
import { modelTrends } from './read-models/screens/model-trends.ts';
import { pipelineFacts } from './read-models/pipeline.ts';
import { readiness } from './read-models/readiness.ts';
import { findRetrain, listRetrains } from './read-models/retrains.ts';
import { serverFacts } from './read-models/server-facts.ts';
import { findVerdict, listVerdicts } from './read-models/verdicts.ts';
import { listAnnotations } from './alerts/annotations.ts';
import { findSilence, listSilences } from './alerts/silences.ts';
import { loadFleet } from './read-models/screens/fleet.ts';
import { findWindow, listWindows } from './read-models/windows.ts';

type Bound<Query> = Query extends (db: Pool, ...rest: infer Rest) => infer Answer
  ? (...rest: Rest) => Answer
  : never;

const QUERIES = {
  listModels,
  findModel,
  listVersions,
  versionExists,
  listBaselines,
  findBaseline,
  listWindows,
  findWindow,
  listMeasurements,
  listVerdicts,
  findVerdict,
  listAlerts,
  countAlerts,
  findAlert,
  listAlertEvents,
  listAnnotations,
  listSilences,
  findSilence,
  listAlertStates,
  listRetrains,
  findRetrain,
  listDeadLetters,
  findDeadLetter,
  listDeliveries,
  findDelivery,
  listDisabledEndpoints,
  listUnsubscribed,
  listAudit,
  pipelineFacts,
  modelFigures,
  overview,
  loadFleet,
  readiness,
  serverFacts,
  modelOverview,
  modelRibbon,
  modelHeatmap,
  modelFeatures,
  modelTrends,
  modelPerformance,
  modelPerformanceParts,
  modelMarkers,
};

/** Everything the edges read, as plain functions: no edge holds a connection or writes SQL. */
export type ReadModels = { readonly [Name in keyof typeof QUERIES]: Bound<(typeof QUERIES)[Name]> };

export function createReadModels(pool: Pool): ReadModels {
  const bound = Object.entries(QUERIES).map(([name, query]) => [
    name,
    (...rest: unknown[]) => (query as (...args: unknown[]) => unknown)(pool, ...rest),
  ]);
  return Object.fromEntries(bound) as ReadModels;
}
