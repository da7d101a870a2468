import { z } from 'zod';
import { sizeFromText, SIZE_TEXT } from '../../../core/windows/window-size.ts';
import type { Result } from '../../../core/result.ts';
import { FEATURE_ORDERS } from '../../../store/read-models/screens/model-features.ts';
import type { ScreenRefusal } from '../../../store/read-models/screens/screen-scope.ts';
import {
  modelFeaturesAnswer,
  modelHeatmapAnswer,
  modelMarkersAnswer,
  modelOverviewAnswer,
  modelRibbonAnswer,
  modelTrendsAnswer,
} from '../../../store/rows/model-screen.ts';
import {
  modelPerformanceAnswer,
  modelPerformancePartsAnswer,
} from '../../../store/rows/performance-screen.ts';
import { series } from '../../../store/rows/words.ts';
import type { ApiDeps } from '../../api-deps.ts';
import { type App, failures } from '../../app.ts';
import { ProblemError } from '../../problem.ts';
import {
  flagParameter,
  limitParameter,
  nameParameter,
  segmentParameter,
  storable,
} from '../../schemas/parameters.ts';

const params = z.object({ model: nameParameter });

const momentParameter = z.string().max(40).optional();

const scope = {
  version: nameParameter.optional().describe('Absent: all versions together.'),
  size: z
    .string()
    .regex(SIZE_TEXT, 'must be a size of windows, such as 1h or 500rows')
    .transform((text) => sizeFromText(text) ?? undefined)
    .optional()
    .describe('Of the windows, such as `1h` or `500rows`. Absent: the smallest.'),
  from: momentParameter.describe(
    'ISO 8601, or `latest-7d`, `now-7d` (m, h, d, w). Absent: seven days, but at least thirty windows.',
  ),
  to: momentParameter.describe('The same. Absent: the end of the newest window.'),
};

const panel = {
  ...scope,
  segment: segmentParameter.default('').describe('`name=value`; absent: all rows.'),
  series: series.optional().describe('Absent: with labels where they are in.'),
};

const rows = {
  ...panel,
  q: storable.max(256).optional().describe('Features whose name holds this.'),
};

const against = z
  .string()
  .max(300)
  .regex(/^(?:before|version:.+)$/s, 'must be `before` or `version:NAME`')
  .transform((text) => (text === 'before' ? 'before' : { version: text.slice('version:'.length) }))
  .optional()
  .describe('What to lay under it: the period `before`, or `version:NAME` over the same period.');

const sort = z
  .enum(FEATURE_ORDERS.flatMap((each) => [each, `-${each}`] as const))
  .default('-status')
  .describe('With a minus: descending.');

const withBins = flagParameter.default(true).describe('With the distribution of each, in training and now.');

interface PanelRoute<Query extends z.ZodObject, Answer extends z.ZodType> {
  readonly of: string;
  readonly operationId: string;
  readonly summary: string;
  readonly query: Query;
  readonly answer: Answer;
  readonly read: (
    asked: z.output<Query> & { readonly model: string; readonly nowMs: number },
  ) => Promise<Result<z.output<Answer>, ScreenRefusal>>;
}

/** The panels of a model's screen, one query each. */
export function addModelScreenRoutes(app: App, deps: Pick<ApiDeps, 'readModels' | 'clock'>): void {
  const { readModels } = deps;
  const add = <Query extends z.ZodObject, Answer extends z.ZodType>(route: PanelRoute<Query, Answer>): void =>
    addPanel(app, route, route.read, () => deps.clock.nowMs());
  addPerformancePanels(add, readModels);
  add({
    of: 'overview',
    operationId: 'modelOverview',
    summary: 'How a model stands, its open incidents, and what there is of it to look at',
    query: z.strictObject(panel),
    answer: modelOverviewAnswer,
    read: (asked) => readModels.modelOverview(asked),
  });
  add({
    of: 'ribbon',
    operationId: 'modelRibbon',
    summary: 'Verdicts over time',
    query: z.strictObject(panel),
    answer: modelRibbonAnswer,
    read: (asked) => readModels.modelRibbon(asked),
  });
  add({
    of: 'heatmap',
    operationId: 'modelHeatmap',
    summary: 'How far each feature has moved, over time',
    query: z.strictObject({ ...rows, limit: limitParameter.default(200) }),
    answer: modelHeatmapAnswer,
    read: (asked) => readModels.modelHeatmap(asked),
  });
  add({
    of: 'features',
    operationId: 'modelFeatures',
    summary: 'Features in the newest measured window',
    query: z.strictObject({ ...rows, sort, limit: limitParameter, bins: withBins }),
    answer: modelFeaturesAnswer,
    read: ({ sort: by, ...asked }) => {
      const descending = by.startsWith('-');
      const order = FEATURE_ORDERS.find((each) => by === each || by === `-${each}`) ?? 'status';
      return readModels.modelFeatures({ ...asked, sort: order, descending });
    },
  });
  add({
    of: 'trends',
    operationId: 'modelTrends',
    summary: 'Predictions, scores and labels against training, and rows, over time',
    query: z.strictObject({ ...panel, against }),
    answer: modelTrendsAnswer,
    read: (asked) => readModels.modelTrends(asked),
  });
  add({
    of: 'markers',
    operationId: 'modelMarkers',
    summary: 'Versions first seen, retraining runs and known dates, over time',
    query: z.strictObject(scope),
    answer: modelMarkersAnswer,
    read: (asked) => readModels.modelMarkers(asked),
  });
}

type AddPanel = <Query extends z.ZodObject, Answer extends z.ZodType>(
  route: PanelRoute<Query, Answer>,
) => void;

function addPerformancePanels(add: AddPanel, readModels: ApiDeps['readModels']): void {
  add({
    of: 'performance',
    operationId: 'modelPerformance',
    summary: 'Performance by labels beside what was expected, over time',
    query: z.strictObject({ ...panel, metric: storable.max(100).optional() }),
    answer: modelPerformanceAnswer,
    read: (asked) => readModels.modelPerformance(asked),
  });
  add({
    of: 'performance/parts',
    operationId: 'modelPerformanceParts',
    summary: 'Performance of the newest window with labels: segments, groups, hold-out',
    query: z.strictObject(panel),
    answer: modelPerformancePartsAnswer,
    read: (asked) => readModels.modelPerformanceParts(asked),
  });
}

type AnyPanel = Omit<PanelRoute<z.ZodObject, z.ZodType>, 'read'>;

/** @param read takes what `panel.query` makes of the parameters, which is all it is ever given */
function addPanel(
  app: App,
  { of, operationId, summary, query, answer }: AnyPanel,
  read: (asked: never) => Promise<Result<unknown, ScreenRefusal>>,
  nowMs: () => number,
): void {
  app.get(
    `/models/:model/${of}`,
    {
      config: { access: 'read' },
      schema: {
        tags: ['models'],
        operationId,
        summary,
        params,
        querystring: query,
        response: { 200: answer, ...failures },
      },
    },
    async (request) => {
      const asked = { ...request.query, model: request.params.model, nowMs: nowMs() };
      const found = await read(asked as never);
      if (found.ok) return found.value;
      const { reason, detail } = found.error;
      throw new ProblemError(reason === 'no_period' ? 'bad_request' : 'not_found', { detail });
    },
  );
}
