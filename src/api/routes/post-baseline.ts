import { z } from 'zod';
import { isVersionName } from '../../core/event-name.ts';
import type { ApiDeps, BaselineSubmission } from '../api-deps.ts';
import { type App, failures } from '../app.ts';
import { limitBodies, limitWork } from '../body-limit.ts';
import { addGunzip } from '../gunzip.ts';
import { ProblemError } from '../problem.ts';
import { bodyAsDocumented, bytesOf, unparsedBody } from '../raw-body.ts';
import { baselineAccepted } from '../schemas/baselines.ts';
import { nameParameter } from '../schemas/parameters.ts';

/** More is a file's affair: `shiftwatch baseline create` reads it without holding it. */
const MAX_BASELINE_BYTES = 64 * 1024 * 1024;
/** Of all that are on their way in: one may come while another is made into a profile. */
const MAX_HELD_BYTES = 2 * MAX_BASELINE_BYTES;

const FORMATS: Readonly<Record<string, BaselineSubmission['format']>> = {
  'text/csv': 'csv',
  'application/x-ndjson': 'jsonl',
  'application/jsonl': 'jsonl',
  'application/vnd.apache.parquet': 'parquet',
};
const MEDIA_TYPES = Object.keys(FORMATS);

export function addPostBaseline(app: App, { acceptBaseline }: Pick<ApiDeps, 'acceptBaseline'>): void {
  void app.register((scope: App, _options, done) => {
    scope.setValidatorCompiler(bodyAsDocumented);
    unparsedBody(scope, MEDIA_TYPES);
    addGunzip(scope);
    limitBodies(scope, MAX_HELD_BYTES);
    // Each is made into a profile in this process.
    limitWork(scope, 1);
    scope.post(
      '/models/:model/versions/:version/baselines',
      {
        config: { access: 'operate', audit: 'baseline.create' },
        bodyLimit: MAX_BASELINE_BYTES,
        schema: {
          tags: ['models'],
          operationId: 'postBaseline',
          summary: 'The training rows of a version, as its next baseline',
          description:
            'Columns are taken as by `shiftwatch baseline create`. It applies to windows that open from now on. `Content-Encoding: gzip` is read.',
          consumes: MEDIA_TYPES,
          params: z.object({ model: nameParameter, version: nameParameter }),
          body: z.unknown().describe('CSV with a header, JSON lines, or Parquet.'),
          response: { 200: baselineAccepted, 201: baselineAccepted, ...failures },
        },
      },
      async ({ params: { model, version }, headers, body }, reply) => {
        if (!isVersionName(version)) {
          throw new ProblemError('bad_request', { detail: 'No log could name this version.' });
        }
        const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
        const format = FORMATS[type] ?? 'csv';
        const outcome = await acceptBaseline({ model, version, format, body: bytesOf(body) });
        if (outcome.ok) return reply.code(outcome.value.unchanged ? 200 : 201).send(outcome.value);
        const { reason, detail } = outcome.error;
        throw new ProblemError(reason === 'unknown_model' ? 'not_found' : 'malformed_body', { detail });
      },
    );
    done();
  });
}
