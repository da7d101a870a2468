import type { AlertRow, ListedAlert } from '../../store/rows/alerts.ts';
import { z } from 'zod';
import {
  alertCounts,
  alertEventRow,
  alertStateRow,
  listedAlert,
  verdictDetail,
  verdictRow,
} from '../../store/rows.ts';
import { alertCause, alertState, series, seriesState, verdictKind } from '../../store/rows/words.ts';
import { listedHeadline } from '../../words/incident/listed-headline.ts';
import type { ApiDeps } from '../api-deps.ts';
import { type App, failures } from '../app.ts';
import { cursorOf, pageOf, toPage } from '../cursor.ts';
import { ProblemError } from '../problem.ts';
import {
  flagParameter,
  idParameter,
  integerKey,
  limitParameter,
  nameParameter,
  segmentParameter,
  serialKey,
  textKey,
  timeParameter,
} from '../schemas/parameters.ts';

const config = { access: 'read' } as const;
const idPath = z.object({ id: idParameter });

export function addVerdictRoutes(app: App, { readModels }: Pick<ApiDeps, 'readModels'>): void {
  const tags = ['verdicts'];

  app.get(
    '/verdicts',
    {
      config,
      schema: {
        tags,
        operationId: 'listVerdicts',
        summary: 'Verdicts, in the order they were given, newest first',
        querystring: z.strictObject({
          model: nameParameter.optional(),
          version: nameParameter.optional(),
          window: idParameter.optional(),
          series: series.optional(),
          segment: segmentParameter.optional(),
          verdict: verdictKind.optional(),
          from: timeParameter.optional().describe('Of windows that start at or after this.'),
          to: timeParameter.optional().describe('Of windows that start before this.'),
          superseded: flagParameter
            .default(false)
            .describe('Also those that a later evaluation of the same window replaced.'),
          limit: limitParameter,
          cursor: cursorOf(serialKey),
        }),
        response: { 200: pageOf(verdictRow), ...failures },
      },
    },
    async ({ query }) => {
      const { limit, cursor, window: windowId, ...filter } = query;
      return toPage(await readModels.listVerdicts({ ...filter, windowId }, { limit, after: cursor ?? null }));
    },
  );

  app.get(
    '/verdicts/:id',
    {
      config,
      schema: {
        tags,
        operationId: 'getVerdict',
        summary: 'One verdict with its evidence and the performance it rests on',
        params: idPath,
        response: { 200: verdictDetail, ...failures },
      },
    },
    async ({ params }) => {
      const found = await readModels.findVerdict(params.id);
      if (found === null)
        throw new ProblemError('not_found', { detail: `There is no verdict ${params.id}.` });
      return found;
    },
  );
}

/** An alert as every answer gives it, whether it was asked for or changed. */
export function withHeadline(alert: AlertRow): ListedAlert {
  return { ...alert, headline: listedHeadline(alert) };
}

export function addAlertRoutes(app: App, { readModels }: Pick<ApiDeps, 'readModels'>): void {
  const tags = ['alerts'];

  app.get(
    '/alerts',
    {
      config,
      schema: {
        tags,
        operationId: 'listAlerts',
        summary: 'Alerts: open ones first, then those that began last',
        querystring: z.strictObject({
          model: nameParameter.optional(),
          version: nameParameter.optional(),
          state: alertState.optional(),
          cause: alertCause.optional(),
          verdict: verdictKind.optional(),
          open: flagParameter.default(false).describe('Only those that are not resolved.'),
          limit: limitParameter,
          cursor: cursorOf(serialKey),
        }),
        response: { 200: pageOf(listedAlert), ...failures },
      },
    },
    async ({ query }) => {
      const { limit, cursor, ...filter } = query;
      const page = await readModels.listAlerts(filter, { limit, after: cursor ?? null });
      return toPage({ ...page, items: page.items.map(withHeadline) });
    },
  );

  addAlertCountsRoute(app, readModels);
  addAlertStatesRoute(app, readModels);

  app.get(
    '/alerts/:id',
    {
      config,
      schema: {
        tags,
        operationId: 'getAlert',
        summary: 'One alert',
        params: idPath,
        response: { 200: listedAlert, ...failures },
      },
    },
    async ({ params }) => withHeadline((await readModels.findAlert(params.id)) ?? noAlert(params.id)),
  );

  app.get(
    '/alerts/:id/events',
    {
      config,
      schema: {
        tags,
        operationId: 'listAlertEvents',
        summary: 'What happened to one alert, oldest first',
        params: idPath,
        querystring: z.strictObject({ limit: limitParameter, cursor: cursorOf(serialKey) }),
        response: { 200: pageOf(alertEventRow), ...failures },
      },
    },
    async ({ params, query }) => {
      const page = { limit: query.limit, after: query.cursor ?? null };
      const found = await readModels.listAlertEvents(params.id, page);
      if (found.items.length === 0 && (await readModels.findAlert(params.id)) === null) noAlert(params.id);
      return toPage(found);
    },
  );
}

function addAlertCountsRoute(app: App, readModels: ApiDeps['readModels']): void {
  app.get(
    '/alerts/counts',
    {
      config,
      schema: {
        tags: ['alerts'],
        operationId: 'countAlerts',
        summary: 'How many alerts are not resolved, by state',
        response: { 200: alertCounts, ...failures },
      },
    },
    async () => await readModels.countAlerts(),
  );
}

function addAlertStatesRoute(app: App, readModels: ApiDeps['readModels']): void {
  app.get(
    '/alert-states',
    {
      config,
      schema: {
        tags: ['alerts'],
        operationId: 'listAlertStates',
        summary: 'How each series of windows stands, and why',
        querystring: z.strictObject({
          model: nameParameter.optional(),
          version: nameParameter.optional(),
          state: seriesState.optional(),
          series: series.optional(),
          segment: segmentParameter.optional(),
          limit: limitParameter,
          cursor: cursorOf(z.tuple([integerKey, z.int(), textKey, textKey])),
        }),
        response: { 200: pageOf(alertStateRow), ...failures },
      },
    },
    async ({ query }) => {
      const { limit, cursor, ...filter } = query;
      return toPage(await readModels.listAlertStates(filter, { limit, after: cursor ?? null }));
    },
  );
}

function noAlert(id: string): never {
  throw new ProblemError('not_found', { detail: `There is no alert ${id}.` });
}
