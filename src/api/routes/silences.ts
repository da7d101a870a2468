import { z } from 'zod';
import { DAY_MS } from '../../core/clock.ts';
import { LONGEST_SILENCE_DAYS, MATCHER_NAMES, MATCHER_OPERATORS } from '../../core/alerts/silence.ts';
import { LONGEST_VALUE, matchersProblem, MOST_MATCHERS } from '../../decide/match-silence.ts';
import { silenceRow } from '../../store/rows.ts';
import { silenceState } from '../../store/rows/words.ts';
import type { ApiDeps } from '../api-deps.ts';
import { type App, failures } from '../app.ts';
import { cursorOf, pageOf, toPage } from '../cursor.ts';
import { ProblemError } from '../problem.ts';
import { authorOf } from '../session/person.ts';
import {
  authorParameter,
  commentParameter,
  idParameter,
  limitParameter,
  serialKey,
  storable,
  timeParameter,
} from '../schemas/parameters.ts';

const tags = ['silences'];

const matcher = z.strictObject({
  name: z.enum(MATCHER_NAMES),
  operator: z.enum(MATCHER_OPERATORS),
  value: storable
    .max(LONGEST_VALUE)
    .describe('With `=~` and `!~` a regular expression of RE2 that has to fit from end to end.'),
});

const newSilence = z
  .strictObject({
    matchers: z.array(matcher).min(1).max(MOST_MATCHERS).describe('All have to fit.'),
    starts_at: timeParameter.optional().describe('Absent: now.'),
    ends_at: timeParameter,
    author: authorParameter,
    comment: commentParameter.min(1),
  })
  .meta({ id: 'NewSilence' });

export function addSilenceRoutes(app: App, deps: ApiDeps): void {
  addReading(app, deps);
  addWriting(app, deps);
}

function addReading(app: App, { readModels, clock }: ApiDeps): void {
  app.get(
    '/silences',
    {
      config: { access: 'read' },
      schema: {
        tags,
        operationId: 'listSilences',
        summary: 'Silences, newest first; those that have ended stay',
        querystring: z.strictObject({
          state: silenceState.optional(),
          limit: limitParameter,
          cursor: cursorOf(serialKey),
        }),
        response: { 200: pageOf(silenceRow), ...failures },
      },
    },
    async ({ query }) => {
      const { limit, cursor, ...filter } = query;
      return toPage(await readModels.listSilences(filter, clock.nowMs(), { limit, after: cursor ?? null }));
    },
  );

  app.get(
    '/silences/:id',
    {
      config: { access: 'read' },
      schema: {
        tags,
        operationId: 'getSilence',
        summary: 'One silence',
        params: z.object({ id: idParameter }),
        response: { 200: silenceRow, ...failures },
      },
    },
    async ({ params }) => (await readModels.findSilence(params.id, clock.nowMs())) ?? noSilence(params.id),
  );
}

function addWriting(app: App, { silences, clock }: ApiDeps): void {
  app.post(
    '/silences',
    {
      config: { access: 'operate', audit: 'silence.create' },
      schema: {
        tags,
        operationId: 'createSilence',
        summary: 'Tells nobody of what fits, until then',
        body: newSilence,
        response: { 201: silenceRow, ...failures },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const nowMs = clock.nowMs();
      const startsAtMs = body.starts_at === undefined ? nowMs : Date.parse(body.starts_at);
      const endsAtMs = Date.parse(body.ends_at);
      refuseBody('/matchers', matchersProblem(body.matchers));
      refuseBody('/ends_at', spanProblem(startsAtMs, endsAtMs, nowMs));
      const { matchers, comment } = body;
      const author = authorOf(request.login, body.author);
      reply.code(201);
      const made = await silences.create({ matchers, startsAtMs, endsAtMs, author, comment }, nowMs);
      request.auditTarget = made.id;
      return made;
    },
  );

  app.delete(
    '/silences/:id',
    {
      config: { access: 'operate', audit: 'silence.expire' },
      schema: {
        tags,
        operationId: 'expireSilence',
        summary: 'Ends a silence now; what it held back and still stands is told',
        params: z.object({ id: idParameter }),
        response: { 200: silenceRow, ...failures },
      },
    },
    async ({ params, grant }) => {
      const ended = await silences.expire(params.id, grant?.name ?? null, clock.nowMs());
      return ended ?? noSilence(params.id);
    },
  );
}

function noSilence(id: string): never {
  throw new ProblemError('not_found', { detail: `There is no silence ${id}.` });
}

function spanProblem(startsAtMs: number, endsAtMs: number, nowMs: number): string | null {
  if (endsAtMs <= nowMs) return 'must lie in the future';
  if (endsAtMs <= startsAtMs) return 'must be after starts_at';
  const longest = `must be at most ${LONGEST_SILENCE_DAYS} days after starts_at`;
  return endsAtMs - startsAtMs > LONGEST_SILENCE_DAYS * DAY_MS ? longest : null;
}

/** What a schema cannot say, in the words of one. */
export function refuseBody(path: string, message: string | null): void {
  if (message === null) return;
  throw new ProblemError('validation_failed', { errors: [{ in: 'body', path, message }] });
}
