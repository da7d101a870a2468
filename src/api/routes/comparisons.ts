import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import multipart, { type MultipartFile, type MultipartValue } from '@fastify/multipart';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { MINUTE_MS } from '../../core/clock.ts';
import type { ApiDeps, ComparisonAsked } from '../api-deps.ts';
import { type App, failures } from '../app.ts';
import { limitWork } from '../body-limit.ts';
import { COMPARISON_OPTIONS, comparisonFlags } from '../comparison-options.ts';
import { ProblemError } from '../problem.ts';
import { bodyAsDocumented } from '../raw-body.ts';

const MOST_FILE_BYTES = 256 * 1024 * 1024;
const MOST_OPTION_BYTES = 64 * 1024;
/** What stands around the parts. */
const MOST_FRAME_BYTES = 1024 * 1024;
const LONGEST_COMPARISON_MS = 30 * MINUTE_MS;
/** Each is a process with threads of its own. */
const AT_ONCE = 2;

const ENDINGS = /\.(csv|tsv|jsonl|ndjson|json|parquet)(\.gz)?$/i;
const ENDING_OF: Readonly<Record<string, string>> = {
  'text/csv': '.csv',
  'text/tab-separated-values': '.tsv',
  'application/x-ndjson': '.jsonl',
  'application/jsonl': '.jsonl',
  'application/json': '.json',
  'application/vnd.apache.parquet': '.parquet',
};
const FILES = ['reference', 'current'] as const;

const REFUSALS = {
  413: { ...failures['4xx'], description: 'A file is larger than 256 MB.' },
  415: { ...failures['4xx'], description: 'Not a form, or files of another kind.' },
  422: { ...failures['4xx'], description: 'They cannot be compared, and why.' },
  429: { ...failures['4xx'], description: 'Two are at work; Retry-After says when to ask again.' },
};

export function addComparisonRoute(
  app: App,
  { runComparison, log }: Pick<ApiDeps, 'runComparison' | 'log'>,
): void {
  void app.register(async (scope: App) => {
    scope.setValidatorCompiler(bodyAsDocumented);
    scope.removeAllContentTypeParsers();
    await scope.register(multipart, {
      throwFileSizeLimit: false,
      limits: { fileSize: MOST_FILE_BYTES, files: 2, fields: 1, fieldSize: MOST_OPTION_BYTES },
    });
    limitWork(scope, AT_ONCE);
    const stopping = new AbortController();
    scope.addHook('preClose', (done) => {
      stopping.abort();
      done();
    });
    scope.post(
      '/comparisons',
      {
        config: { access: 'operate', audit: 'comparison.run' },
        bodyLimit: 2 * MOST_FILE_BYTES + MOST_FRAME_BYTES,
        handlerTimeout: LONGEST_COMPARISON_MS,
        schema: {
          tags: ['comparisons'],
          operationId: 'compareFiles',
          summary: 'Two files compared, as `shiftwatch compare --json` does',
          description:
            'Parts `reference` and `current`: CSV, JSON lines or Parquet, 256 MB each, known by the ending of their file ' +
            `name, else by their type; and \`options\`, a JSON object with any of ${COMPARISON_OPTIONS.join(', ')}. ` +
            'Two at a time, others get 429. Nothing of it is kept.',
          consumes: ['multipart/form-data'],
          body: z.unknown().describe('`reference`, `current` and `options`.'),
          response: {
            200: {
              description: 'What was found.',
              content: { 'application/json': { schema: z.any().describe('The JSON of `compare`.') } },
            },
            ...REFUSALS,
            ...failures,
          },
        },
      },
      async (request, reply) => {
        const folder = await mkdtemp(join(tmpdir(), 'shiftwatch-comparison-'));
        reply.raw.once('close', () => {
          rm(folder, { recursive: true, force: true }).catch((error: unknown) =>
            log.warn({ err: error, folder }, 'the files of a comparison could not be removed'),
          );
        });
        const gone = new AbortController();
        // Before the answer is out, when the client has gone.
        reply.raw.once('close', () => gone.abort());
        const asked = await readParts(request, folder).catch(explainForm);
        const outcome = await runComparison(asked, AbortSignal.any([gone.signal, stopping.signal]));
        if (outcome.ok) return await sendFile(reply, asked.answer);
        if (stopping.signal.aborted) {
          throw new ProblemError('unavailable', { detail: 'The service is stopping: send it again.' });
        }
        throw new ProblemError('not_comparable', { detail: outcome.error });
      },
    );
  });
}

async function sendFile(reply: FastifyReply, path: string): Promise<FastifyReply> {
  return await reply.type('application/json; charset=utf-8').send(createReadStream(path));
}

/** Writes the files into a folder, as they come; options in any place among them. */
async function readParts(request: FastifyRequest, folder: string): Promise<ComparisonAsked> {
  if (!request.isMultipart()) {
    throw new ProblemError('unsupported_media_type', { detail: 'Send multipart/form-data.' });
  }
  const paths = new Map<string, string>();
  let flags: readonly string[] = [];
  for await (const part of request.parts()) {
    if (part.type === 'file') paths.set(part.fieldname, await writePart(part, folder));
    else flags = optionFlags(part);
  }
  const [reference, current] = FILES.map((name) => {
    const path = paths.get(name);
    if (path !== undefined) return path;
    throw new ProblemError('bad_request', { detail: `There is no file in a part \`${name}\`.` });
  });
  return {
    folder,
    flags,
    reference: reference ?? '',
    current: current ?? '',
    answer: join(folder, 'answer.json'),
  };
}

/** The parser says what is wrong with a form in plain errors; those of the disk have a code. */
function explainForm(error: unknown): never {
  if (error instanceof Error && error.constructor === Error && !('code' in error)) {
    throw new ProblemError('bad_request', { detail: `The form cannot be read: ${error.message}.` });
  }
  throw error;
}

async function writePart(part: MultipartFile, folder: string): Promise<string> {
  const { fieldname, filename, mimetype, file } = part;
  if (!FILES.some((name) => name === fieldname)) {
    file.resume();
    throw new ProblemError('bad_request', {
      detail: `The files are \`reference\` and \`current\`, not ${JSON.stringify(fieldname)}.`,
    });
  }
  const ending = ENDINGS.exec(filename)?.[0].toLowerCase() ?? ENDING_OF[mimetype.toLowerCase()];
  if (ending === undefined) {
    file.resume();
    const detail = `\`${fieldname}\` (${mimetype}) is neither CSV, JSON lines nor Parquet; end its file name with .csv, .jsonl or .parquet.`;
    throw new ProblemError('unsupported_media_type', { detail });
  }
  const path = join(folder, `${fieldname}${ending}`);
  await pipeline(file, createWriteStream(path, { mode: 0o600 }));
  if (file.truncated) {
    throw new ProblemError('body_too_large', {
      detail: `\`${fieldname}\` has more than 256 MB; \`shiftwatch compare\` reads files of any size.`,
    });
  }
  return path;
}

function optionFlags({ fieldname, value }: MultipartValue): readonly string[] {
  if (fieldname !== 'options') {
    throw new ProblemError('bad_request', {
      detail: `There is no part ${JSON.stringify(fieldname)} beside reference, current and options.`,
    });
  }
  const flags = comparisonFlags(parsedJson(value));
  if (!flags.ok) throw new ProblemError('bad_request', { detail: flags.error });
  return flags.value;
}

/** A part that says that it is JSON has been parsed. */
function parsedJson(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    throw new ProblemError('bad_request', { detail: '`options` is no JSON.' });
  }
}
