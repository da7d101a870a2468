import { PassThrough } from 'node:stream';
import { z } from 'zod';
import { HOUR_MS, MINUTE_MS } from '../../core/clock.ts';
import type { ApiDeps } from '../api-deps.ts';
import { type App, failures } from '../app.ts';
import { limitWork } from '../body-limit.ts';
import { ProblemError } from '../problem.ts';
import { writePaced } from '../write-paced.ts';
import { flagParameter, nameParameter, segmentParameter, timeParameter } from '../schemas/parameters.ts';

/** As long as a reader takes, within reason. */
const LONGEST_EXPORT_MS = 12 * HOUR_MS;
/** Beside a pause of whoever trains on them. */
const STALLED_MS = MINUTE_MS;
/** Each holds a connection to the database and the rows of a day: of sixteen connections the rest is for everybody else. */
const EXPORTS_AT_ONCE = 2;

const CONTENT_TYPES = {
  jsonl: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
} as const;

/** Streamed: nothing of it is held against these. */
const TABLES = {
  'application/x-ndjson': { schema: z.any().describe('Lines of JSON.') },
  'text/csv': { schema: z.any().describe('CSV.') },
  'application/vnd.apache.parquet': { schema: z.any().describe('A Parquet file.') },
};

const REFUSALS = { unknown_model: 'Nothing was logged of such a model or version.' } as const;

export function addLabelledDataRoutes(app: App, deps: ApiDeps): void {
  void app.register((scope: App, _options, done) => {
    limitWork(scope, EXPORTS_AT_ONCE);
    addExport(scope, deps);
    done();
  });
}

function addExport(app: App, { exportLabelled, log }: ApiDeps): void {
  app.get(
    '/labelled-data',
    {
      config: { access: 'operate' },
      handlerTimeout: LONGEST_EXPORT_MS,
      schema: {
        tags: ['labelled-data'],
        operationId: 'exportLabelledData',
        summary: 'Predictions with features and labels, as a table to train on',
        description:
          'Streamed, as it stood at one moment. The trailers X-Row-Count and Content-SHA256 (hexadecimal) come after the ' +
          'last row: an answer without them was cut off. Two are sent at once by a process, others get 429; a reader that ' +
          'takes nothing for a minute is cut off.',
        querystring: z.strictObject({
          model: nameParameter,
          version: nameParameter.optional(),
          from: timeParameter.optional().describe('Predictions from this time on.'),
          to: timeParameter.optional().describe('Predictions before this time.'),
          segment: segmentParameter.optional(),
          all: flagParameter.default(false).describe('Also predictions without a label.'),
          format: z
            .enum(['jsonl', 'csv', 'parquet'])
            .default('jsonl')
            .describe(
              'CSV has a column for each feature of any row; Parquet is sent once all rows are read.',
            ),
        }),
        response: { 200: { description: 'The table.', content: TABLES }, ...failures },
      },
    },
    async ({ query }, reply) => {
      const prepared = await exportLabelled({
        model: query.model,
        version: query.version ?? null,
        fromMs: query.from === undefined ? null : Date.parse(query.from),
        toMs: query.to === undefined ? null : Date.parse(query.to),
        segment: query.segment === undefined || query.segment === '' ? null : query.segment,
        labelledOnly: !query.all,
        format: query.format,
      });
      if (!prepared.ok) throw new ProblemError('not_found', { detail: REFUSALS[prepared.error] });
      const out = new PassThrough();
      const exported = prepared.value(async (bytes) => await writePaced(out, bytes, STALLED_MS));
      exported.then(
        () => out.end(),
        (error: unknown) => {
          log.warn({ err: error }, 'an export of labelled data ended early');
          out.destroy(error instanceof Error ? error : new Error(String(error)));
        },
      );
      // Fastify asks for trailers when the last row is out.
      reply.trailer('x-row-count', async () => String((await exported).rows));
      reply.trailer('content-sha256', async () => (await exported).sha256);
      return await reply.type(CONTENT_TYPES[query.format]).send(out);
    },
  );
}
