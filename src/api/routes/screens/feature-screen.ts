import { z } from 'zod';
import {
  featureCdf,
  featureDistribution,
  featureHistory,
  featureProfiles,
  featureRidges,
  featureTransformation,
} from '../../../store/rows/feature-screen.ts';
import type { ApiDeps } from '../../api-deps.ts';
import { type App, failures } from '../../app.ts';
import type { NotInspected } from '../../inspections.ts';
import { ProblemError } from '../../problem.ts';
import { idParameter, nameParameter, segmentParameter, storable } from '../../schemas/parameters.ts';
import type { Result } from '../../../core/result.ts';

const config = { access: 'read' } as const;
const tags = ['models'];
const params = z.object({ model: nameParameter, feature: nameParameter });

const wanted = {
  version: nameParameter.optional(),
  segment: segmentParameter.default('').describe('`name=value`; by default all rows.'),
  size: storable
    .max(20)
    .optional()
    .describe('Size of the windows: `1h`, `7d`, `500rows`; by default the smallest.'),
};
const periodText = storable.max(40).optional();
const inWindow = z.strictObject({
  ...wanted,
  window: idParameter.optional().describe('By default the newest that was judged.'),
});
const overTime = z.strictObject({
  ...wanted,
  from: periodText.describe('ISO 8601, or back from now or from the newest data: `now-7d`, `latest-30d`.'),
  to: periodText.describe('By default the end of the newest window.'),
});

/** One answer a panel. */
const IN_WINDOW = [
  [
    'distribution',
    featureDistribution,
    'Shares by bin in training and in a window, and what each bin adds to PSI',
  ],
  [
    'cdf',
    featureCdf,
    'Distribution functions of training and of a window, and the Kolmogorov–Smirnov distance',
  ],
  [
    'transformation',
    featureTransformation,
    'Values before, in a window, and turned back by what a fault did to them',
  ],
] as const;
const OVER_TIME = [
  ['history', featureHistory, 'Effect, q, threshold, missing and invalid values over time'],
  [
    'profiles',
    featureProfiles,
    'Quantiles, shares of levels, missing and new values over time, out of counts',
  ],
  ['ridges', featureRidges, 'Distributions over time, at most 24, on one axis'],
] as const;

export function addFeatureScreenRoutes(
  app: App,
  { inspections, clock }: Pick<ApiDeps, 'inspections' | 'clock'>,
): void {
  for (const panel of IN_WINDOW) {
    addPanel(app, panel, inWindow, async ({ query, params: of }: Asked<z.infer<typeof inWindow>>) => {
      const { version = null, size = null, window = null, segment } = query;
      return await inspections[panel[0]]({ ...of, version, size, window, segment });
    });
  }
  for (const panel of OVER_TIME) {
    addPanel(app, panel, overTime, async ({ query, params: of }: Asked<z.infer<typeof overTime>>) => {
      const { version = null, size = null, from = null, to = null, segment } = query;
      const asked = { ...of, version, size, from, to, segment };
      return await inspections[panel[0]](asked, clock.nowMs());
    });
  }
}

function addPanel<Query>(
  app: App,
  [name, answer, summary]: readonly [name: string, answer: z.ZodType, summary: string],
  querystring: z.ZodType<Query>,
  read: (asked: Asked<Query>) => Promise<Result<object, NotInspected>>,
): void {
  app.get(
    `/models/:model/features/:feature/${name}`,
    {
      config,
      schema: {
        ...described(name, summary),
        params,
        querystring,
        response: { 200: answer, ...failures },
      },
    },
    async (request) => answered(await read(request as unknown as Asked<Query>)),
  );
}

/** The schemas of a table of routes are no one type. */
interface Asked<Query> {
  readonly query: Query;
  readonly params: z.infer<typeof params>;
}

function described(name: string, summary: string) {
  return { tags, operationId: `feature${name.slice(0, 1).toUpperCase()}${name.slice(1)}`, summary };
}

export function answered<T>(result: Result<T, NotInspected>): T {
  if (result.ok) return result.value;
  throw new ProblemError(result.error.reason, { detail: result.error.detail });
}
