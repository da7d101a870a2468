import { z } from 'zod';
import { listedWindow, measurementRow } from '../../store/rows.ts';
import { series, subject, windowState } from '../../store/rows/words.ts';
import type { ApiDeps } from '../api-deps.ts';
import { type App, failures } from '../app.ts';
import { cursorOf, pageOf, toPage } from '../cursor.ts';
import { ProblemError } from '../problem.ts';
import {
  flagParameter,
  idParameter,
  limitParameter,
  nameParameter,
  segmentParameter,
  serialKey,
  sizeMsParameter,
  sizeRowsParameter,
  textKey,
  timeParameter,
} from '../schemas/parameters.ts';

const windowKey = z.tuple([serialKey, serialKey]);
const measurementKey = z.tuple([serialKey, serialKey, textKey, textKey, textKey, textKey]);
const config = { access: 'read' } as const;
const tags = ['windows'];

export function addWindowRoutes(app: App, { readModels }: Pick<ApiDeps, 'readModels'>): void {
  app.get(
    '/windows',
    {
      config,
      schema: {
        tags,
        operationId: 'listWindows',
        summary: 'Windows, newest first',
        querystring: z.strictObject({
          model: nameParameter.optional(),
          version: nameParameter.optional(),
          state: windowState.optional(),
          size_ms: sizeMsParameter.optional(),
          size_rows: sizeRowsParameter.optional(),
          from: timeParameter.optional().describe('Windows that start at or after this.'),
          to: timeParameter.optional().describe('Windows that start before this.'),
          limit: limitParameter,
          cursor: cursorOf(windowKey),
        }),
        response: { 200: pageOf(listedWindow), ...failures },
      },
    },
    async ({ query }) => {
      const { limit, cursor, size_ms: sizeMs, size_rows: sizeRows, ...filter } = query;
      const page = { limit, after: cursor ?? null };
      return toPage(await readModels.listWindows({ ...filter, sizeMs, sizeRows }, page));
    },
  );

  app.get(
    '/windows/:id',
    {
      config,
      schema: {
        tags,
        operationId: 'getWindow',
        summary: 'One window',
        params: z.object({ id: idParameter }),
        response: { 200: listedWindow, ...failures },
      },
    },
    async ({ params }) => {
      const found = await readModels.findWindow(params.id);
      if (found === null) throw new ProblemError('not_found', { detail: `There is no window ${params.id}.` });
      return found;
    },
  );

  app.get(
    '/measurements',
    {
      config,
      schema: {
        tags,
        operationId: 'listMeasurements',
        summary: 'What was measured: all features of one window, or one feature over time',
        description: 'Needs `window` or `model`. Newest window first, then by segment, subject and name.',
        querystring: z
          .strictObject({
            window: idParameter.optional(),
            model: nameParameter.optional(),
            version: nameParameter.optional(),
            series: series.optional(),
            segment: segmentParameter.optional(),
            subject: subject.optional(),
            name: nameParameter.optional().describe('Name of the feature.'),
            from: timeParameter.optional(),
            to: timeParameter.optional(),
            details: flagParameter.default(false).describe('With the whole comparison, counts included.'),
            limit: limitParameter,
            cursor: cursorOf(measurementKey),
          })
          .refine(({ window, model }) => window !== undefined || model !== undefined, {
            message: 'give `window` (all features of one window) or `model` (over time)',
          }),
        response: { 200: pageOf(measurementRow), ...failures },
      },
    },
    async ({ query }) => {
      const { limit, cursor, window: windowId, ...filter } = query;
      const page = { limit, after: cursor ?? null };
      return toPage(await readModels.listMeasurements({ ...filter, windowId }, page));
    },
  );
}
