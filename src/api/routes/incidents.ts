import { z } from 'zod';
import { annotationRow, listedAlert } from '../../store/rows.ts';
import { investigation } from '../../store/rows/investigations.ts';
import type { ApiDeps } from '../api-deps.ts';
import { type App, failures } from '../app.ts';
import { cursorOf, pageOf, toPage } from '../cursor.ts';
import { ProblemError } from '../problem.ts';
import { authorOf } from '../session/person.ts';
import {
  authorParameter,
  commentParameter,
  flagParameter,
  idParameter,
  limitParameter,
  nameParameter,
  serialKey,
  timeParameter,
} from '../schemas/parameters.ts';
import { attended } from './alert-attention.ts';
import { refuseBody } from './silences.ts';

const params = z.object({ id: idParameter });
const resolution = z
  .strictObject({ author: authorParameter, comment: commentParameter.default('') })
  .meta({ id: 'Resolution' });
const expectation = z
  .strictObject({
    author: authorParameter,
    comment: commentParameter.min(1).describe('Why: windows that show the same say `expected: ` and this.'),
    until: timeParameter.optional().describe('Absent: until it is taken back.'),
  })
  .meta({ id: 'Expectation' });

export function addIncidentRoutes(app: App, deps: ApiDeps): void {
  addReading(app, deps);
  addClosing(app, deps);
  addAnnotations(app, deps);
}

function addReading(app: App, { incidents, clock }: ApiDeps): void {
  app.get(
    '/alerts/:id/investigation',
    {
      config: { access: 'read' },
      schema: {
        tags: ['alerts'],
        operationId: 'investigateAlert',
        summary: 'All that is to be seen of one alert, in one answer',
        params,
        response: { 200: investigation, ...failures },
      },
    },
    async ({ params: { id } }) => {
      const found = await incidents.investigate(id, clock.nowMs());
      if (found === null) throw new ProblemError('not_found', { detail: `There is no alert ${id}.` });
      return found;
    },
  );
}

function addClosing(app: App, { incidents, clock }: ApiDeps): void {
  const audited = <Action extends string>(audit: Action) => ({ access: 'operate', audit }) as const;
  const tags = ['alerts'];
  const response = { 200: listedAlert, ...failures };

  app.post(
    '/alerts/:id/resolve',
    {
      config: audited('alert.resolve'),
      schema: {
        tags,
        operationId: 'resolveAlert',
        summary: 'Closes it until a window that ends after now shows it again',
        params,
        body: resolution,
        response,
      },
    },
    async ({ params: { id }, body: { author, comment }, login }) =>
      attended(
        await incidents.resolve(
          id,
          { author: authorOf(login, author), comment, untilMs: null },
          clock.nowMs(),
        ),
      ),
  );

  app.post(
    '/alerts/:id/expected',
    {
      config: audited('alert.expected'),
      schema: {
        tags,
        operationId: 'expectAlert',
        summary: 'This was expected: closes it, and nobody is told of what shows the same',
        params,
        body: expectation,
        response,
      },
    },
    async ({ params: { id }, body: { author, comment, until }, login }) => {
      const nowMs = clock.nowMs();
      const untilMs = until === undefined ? null : Date.parse(until);
      refuseBody('/until', untilMs !== null && untilMs <= nowMs ? 'must lie in the future' : null);
      return attended(
        await incidents.expect(id, { author: authorOf(login, author), comment, untilMs }, nowMs),
      );
    },
  );
}

function addAnnotations(app: App, { incidents, readModels, clock }: ApiDeps): void {
  const tags = ['annotations'];

  app.get(
    '/annotations',
    {
      config: { access: 'read' },
      schema: {
        tags,
        operationId: 'listAnnotations',
        summary: 'Changes that somebody expected, newest first',
        querystring: z.strictObject({
          model: nameParameter.optional(),
          from: timeParameter.optional().describe('Those in force at or after this.'),
          to: timeParameter.optional().describe('Those that begin before this.'),
          removed: flagParameter.default(false).describe('Also those that were taken back.'),
          limit: limitParameter,
          cursor: cursorOf(serialKey),
        }),
        response: { 200: pageOf(annotationRow), ...failures },
      },
    },
    async ({ query }) => {
      const { limit, cursor, ...filter } = query;
      return toPage(await readModels.listAnnotations(filter, { limit, after: cursor ?? null }));
    },
  );

  app.delete(
    '/annotations/:id',
    {
      config: { access: 'operate', audit: 'annotation.remove' },
      schema: {
        tags,
        operationId: 'removeAnnotation',
        summary: 'Takes it back: what shows the same again is told',
        params,
        response: { 200: annotationRow, ...failures },
      },
    },
    async ({ params: { id }, grant }) => {
      const removed = await incidents.removeAnnotation(id, grant?.name ?? null, clock.nowMs());
      if (removed === null) throw new ProblemError('not_found', { detail: `There is no annotation ${id}.` });
      return removed;
    },
  );
}
