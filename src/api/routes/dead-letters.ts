import { z } from 'zod';
import { DEAD_LETTER_REASONS } from '../../core/events/dead-letter.ts';
import { deadLetterDetail, deadLetterRow } from '../../store/rows.ts';
import { allows } from '../access.ts';
import type { ApiDeps } from '../api-deps.ts';
import { type App, failures } from '../app.ts';
import { withoutQuotes } from '../without-quotes.ts';
import { cursorOf, pageOf, toPage } from '../cursor.ts';
import { ProblemError } from '../problem.ts';
import {
  flagParameter,
  idParameter,
  limitParameter,
  nameParameter,
  serialKey,
} from '../schemas/parameters.ts';

const tags = ['dead letters'];

export function addDeadLetterRoutes(app: App, { readModels }: Pick<ApiDeps, 'readModels'>): void {
  app.get(
    '/dead-letters',
    {
      config: { access: 'read' },
      schema: {
        tags,
        operationId: 'listDeadLetters',
        summary: 'Records that could not be read, newest first',
        querystring: z.strictObject({
          reason: z.enum(DEAD_LETTER_REASONS).optional(),
          model: nameParameter.optional(),
          replayed: flagParameter.optional().describe('Absent: both.'),
          limit: limitParameter,
          cursor: cursorOf(serialKey),
        }),
        response: { 200: pageOf(deadLetterRow), ...failures },
      },
    },
    async ({ query, grant }) => {
      const { limit, cursor, ...filter } = query;
      const page = toPage(await readModels.listDeadLetters(filter, { limit, after: cursor ?? null }));
      if (grant === null || allows(grant.scopes, 'operate')) return page;
      const items = page.items.map((row) => ({ ...row, detail: withoutQuotes(row.reason, row.detail) }));
      return { ...page, items };
    },
  );

  app.get(
    '/dead-letters/:id',
    {
      // The raw record may hold what the rest of the API never shows: personal data.
      config: { access: 'operate' },
      schema: {
        tags,
        operationId: 'getDeadLetter',
        summary: 'One of them with its bytes',
        params: z.object({ id: idParameter }),
        response: { 200: deadLetterDetail, ...failures },
      },
    },
    async ({ params }) => {
      const found = await readModels.findDeadLetter(params.id);
      if (found === null)
        throw new ProblemError('not_found', { detail: `There is no dead letter ${params.id}.` });
      return found;
    },
  );
}
