import { z } from 'zod';
import { dayRow } from '../../store/rows.ts';
import type { ApiDeps } from '../api-deps.ts';
import { type App, failures } from '../app.ts';
import { cursorOf, pageOf, toPage } from '../cursor.ts';
import {
  integerKey,
  limitParameter,
  nameParameter,
  segmentParameter,
  serialKey,
  textKey,
  timeParameter,
} from '../schemas/parameters.ts';

const dayKey = z.tuple([serialKey, integerKey, serialKey, textKey]);
const instant = z.union([timeParameter, z.iso.date()]);

export function addDayRoutes(app: App, { listDays }: Pick<ApiDeps, 'listDays'>): void {
  app.get(
    '/days',
    {
      config: { access: 'read' },
      schema: {
        tags: ['windows'],
        operationId: 'listDays',
        summary: 'What the counts of windows came to by day or week, since they are kept no longer',
        description:
          'Newest first, then by version, baseline and segment. A page of many features may end before its limit.',
        querystring: z.strictObject({
          model: nameParameter,
          version: nameParameter.optional(),
          feature: nameParameter
            .optional()
            .describe('This one only, and nothing of predictions, scores and labels.'),
          segment: segmentParameter.optional(),
          from: instant.optional().describe('Days that begin at or after this.'),
          to: instant.optional().describe('Days that begin before this.'),
          every: z.enum(['day', 'week']).default('day'),
          limit: limitParameter,
          cursor: cursorOf(dayKey),
        }),
        response: { 200: pageOf(dayRow), ...failures },
      },
    },
    async ({ query: { limit, cursor, ...asked } }) =>
      toPage(await listDays(asked, { limit, after: cursor ?? null })),
  );
}
