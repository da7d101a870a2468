import { z } from 'zod';
import { baselineDetail, baselineRow, listedVersion, modelDetail, modelRow } from '../../store/rows.ts';
import type { ApiDeps } from '../api-deps.ts';
import { type App, failures } from '../app.ts';
import { cursorOf, pageOf, toPage } from '../cursor.ts';
import { ProblemError } from '../problem.ts';
import { integerKey, limitParameter, nameParameter, textKey } from '../schemas/parameters.ts';

const modelPath = z.object({ model: nameParameter });
const versionPath = z.object({ model: nameParameter, version: nameParameter });
const revisionPath = versionPath.extend({ revision: z.coerce.number().int().min(1).max(2_147_483_647) });
const config = { access: 'read' } as const;
const tags = ['models'];

export function addModelRoutes(app: App, { readModels }: Pick<ApiDeps, 'readModels'>): void {
  app.get(
    '/models',
    {
      config,
      schema: {
        tags,
        operationId: 'listModels',
        summary: 'Models, by name',
        querystring: z.strictObject({ limit: limitParameter, cursor: cursorOf(textKey) }),
        response: { 200: pageOf(modelRow), ...failures },
      },
    },
    async ({ query }) =>
      toPage(await readModels.listModels({ limit: query.limit, after: query.cursor ?? null })),
  );

  app.get(
    '/models/:model',
    {
      config,
      schema: {
        tags,
        operationId: 'getModel',
        summary: 'One model with its configuration',
        params: modelPath,
        response: { 200: modelDetail, ...failures },
      },
    },
    async ({ params }) => (await readModels.findModel(params.model)) ?? noModel(params.model),
  );

  app.get(
    '/models/:model/versions',
    {
      config,
      schema: {
        tags,
        operationId: 'listVersions',
        summary: 'Versions of a model, newest first',
        params: modelPath,
        querystring: z.strictObject({ limit: limitParameter, cursor: cursorOf(integerKey) }),
        response: { 200: pageOf(listedVersion), ...failures },
      },
    },
    async ({ params, query }) => {
      const page = { limit: query.limit, after: query.cursor ?? null };
      const found = await readModels.listVersions(params.model, page);
      if (found.items.length === 0 && (await readModels.findModel(params.model)) === null)
        noModel(params.model);
      return toPage(found);
    },
  );

  addBaselineRoutes(app, readModels);
}

function addBaselineRoutes(app: App, readModels: ApiDeps['readModels']): void {
  app.get(
    '/models/:model/versions/:version/baselines',
    {
      config,
      schema: {
        tags,
        operationId: 'listBaselines',
        summary: 'Training baselines of a version, newest revision first',
        params: versionPath,
        querystring: z.strictObject({ limit: limitParameter, cursor: cursorOf(integerKey) }),
        response: { 200: pageOf(baselineRow), ...failures },
      },
    },
    async ({ params, query }) => {
      const page = { limit: query.limit, after: query.cursor ?? null };
      const found = await readModels.listBaselines(params, page);
      if (found.items.length === 0 && !(await readModels.versionExists(params.model, params.version))) {
        throw new ProblemError('not_found', {
          detail: `The model "${params.model}" has no version "${params.version}".`,
        });
      }
      return toPage(found);
    },
  );

  app.get(
    '/models/:model/versions/:version/baselines/:revision',
    {
      config,
      schema: {
        tags,
        operationId: 'getBaseline',
        summary: 'One baseline with a summary of its features',
        params: revisionPath,
        response: { 200: baselineDetail, ...failures },
      },
    },
    async ({ params }) => {
      const found = await readModels.findBaseline(params);
      if (found !== null) return found;
      throw new ProblemError('not_found', {
        detail: `"${params.model}" version "${params.version}" has no baseline of revision ${params.revision}.`,
      });
    },
  );
}

function noModel(name: string): never {
  throw new ProblemError('not_found', { detail: `No model is called "${name}".` });
}
