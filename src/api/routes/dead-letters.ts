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

const replayOutcome = z
  .object({
    accepted: z.int().describe('Read now, and stored.'),
    duplicates: z.int(),
    still_dead: z
      .array(z.object({ reason: z.enum(DEAD_LETTER_REASONS), count: z.int() }))
      .describe('Still not to be read; they stay.'),
    truncated: z.int().describe('Too long to have been kept whole.'),
    withheld: z.int().describe('Of which only the reason was kept, because of `privacy`.'),
    more: z.boolean().describe('There are more than one request replays: ask again.'),
  })
  .meta({ id: 'DeadLettersReplayed' });

/** As many as are read again well within the time that a request may take. */
const MOST_REPLAYED = 5_000;
const LONGEST_REPLAY_MS = 120_000;

export function addDeadLetterRoutes(app: App, deps: Pick<ApiDeps, 'readModels' | 'replayDeadLetters'>): void {
  const { readModels } = deps;
  addReplay(app, deps);
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

function addReplay(app: App, { replayDeadLetters }: Pick<ApiDeps, 'replayDeadLetters'>): void {
  app.post(
    '/dead-letters/replay',
    {
      config: { access: 'operate', audit: 'dead_letter.replay' },
      handlerTimeout: LONGEST_REPLAY_MS,
      schema: {
        tags,
        operationId: 'replayDeadLetters',
        summary: 'Reads them again, oldest first, now that a model is configured or a decoder mended',
        body: z.strictObject({
          reason: z.enum(DEAD_LETTER_REASONS).optional(),
          model: nameParameter.optional(),
        }),
        response: { 200: replayOutcome, ...failures },
      },
    },
    async ({ body }) => {
      const { stillDead, ...outcome } = await replayDeadLetters({
        reason: body.reason ?? null,
        model: body.model ?? null,
        limit: MOST_REPLAYED,
      });
      const unread = stillDead.reduce((sum, { count }) => sum + count, 0);
      const looked = outcome.accepted + outcome.duplicates + outcome.truncated + outcome.withheld + unread;
      return { ...outcome, still_dead: [...stillDead], more: looked >= MOST_REPLAYED };
    },
  );
}
