import { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import { type App, failures } from '../app.ts';
import { ProblemError } from '../problem.ts';
import { nameParameter, timeParameter } from '../schemas/parameters.ts';
import { versionComparison } from '../schemas/versions.ts';

export function addVersionRoutes(app: App, { compareVersions }: Pick<ApiDeps, 'compareVersions'>): void {
  app.get(
    '/models/:model/versions/compare',
    {
      config: { access: 'read' },
      schema: {
        tags: ['models'],
        operationId: 'compareVersions',
        summary: 'Versions side by side: accuracy, fairness, latency, cost, energy, errors and size',
        params: z.object({ model: nameParameter }),
        querystring: z.strictObject({
          from: timeParameter
            .optional()
            .describe('Windows that begin at or after this; by default thirty days before the end.'),
          to: timeParameter.optional().describe('Windows that end at or before this; by default all.'),
          base: nameParameter
            .optional()
            .describe('What the others are compared with; by default the first seen.'),
        }),
        response: { 200: versionComparison, ...failures },
      },
    },
    async ({ params, query }) => {
      const found = await compareVersions(params.model, {
        fromMs: query.from === undefined ? null : Date.parse(query.from),
        toMs: query.to === undefined ? null : Date.parse(query.to),
        base: query.base ?? null,
      });
      if (found.ok) return found.value;
      const { reason, detail } = found.error;
      throw new ProblemError(reason === 'too_many_windows' ? 'bad_request' : 'not_found', { detail });
    },
  );
}
