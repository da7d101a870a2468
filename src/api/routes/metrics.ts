import { withDeadline } from '../../core/clock.ts';
import { errorMessage } from '../../core/errors.ts';
import type { ModelFigures } from '../../store/read-models/model-figures.ts';
import type { PipelineFacts } from '../../store/read-models/pipeline.ts';
import type { ApiDeps } from '../api-deps.ts';
import type { App } from '../app.ts';
import { METRIC_FAMILIES } from '../metrics/fleet-families.ts';
import { fleetRegistry, type SampledFamily } from '../metrics/fleet-registry.ts';
import { modelFamilies } from '../metrics/model-families.ts';
import type { ProcessMetrics } from '../metrics/process-metrics.ts';
import { ProblemError } from '../problem.ts';
import { addProcessMetricsRoute, SCRAPED_WITHIN_MS, sendMetrics } from './process-metrics.ts';

const config = { access: 'read' } as const;
const schema = { hide: true };

/** Two pages: what this process did, and what all processes share. */
export function addMetricsRoutes(app: App, deps: ApiDeps, metrics: ProcessMetrics): void {
  addProcessMetricsRoute(app, deps, metrics);

  app.get('/metrics/fleet', { config, schema }, async ({ headers }, reply) => {
    const read = await withDeadline(readFleet(deps), SCRAPED_WITHIN_MS).catch((error: unknown) => {
      deps.log.warn({ error: errorMessage(error) }, 'the database did not answer a scrape');
      throw new ProblemError('unavailable', { detail: 'The database did not answer in time.' });
    });
    return await sendMetrics(reply, fleetRegistry(fleetFamilies(read, deps)), headers.accept);
  });
}

interface FleetRead {
  readonly facts: PipelineFacts;
  /** Null: no model is shown one by one. */
  readonly figures: ModelFigures | null;
}

async function readFleet({ readModels, modelMetrics: shown }: ApiDeps): Promise<FleetRead> {
  const facts = await readModels.pipelineFacts();
  return { facts, figures: shown ? await readModels.modelFigures(shown.models, shown.features) : null };
}

function fleetFamilies({ facts, figures }: FleetRead, { modelMetrics, clock }: ApiDeps): SampledFamily[] {
  const nowMs = clock.nowMs();
  const shared = METRIC_FAMILIES.map((each) => ({ ...each, samples: each.samples(facts, nowMs) }));
  return figures === null || !modelMetrics
    ? shared
    : [...shared, ...modelFamilies(figures, modelMetrics, nowMs)];
}
