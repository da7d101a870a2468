import { z } from 'zod';
import { disabledEndpoint } from '../../store/rows/deliveries.ts';
import { endpointSection } from '../../store/rows/words.ts';
import type { ApiDeps } from '../api-deps.ts';
import { type App, failures } from '../app.ts';
import { ProblemError } from '../problem.ts';
import { nameParameter } from '../schemas/parameters.ts';

const tags = ['deliveries'];

type Deps = Pick<ApiDeps, 'readModels' | 'enableEndpoint'>;

export function addEndpointRoutes(app: App, { readModels, enableEndpoint }: Deps): void {
  app.get(
    '/endpoints',
    {
      config: { access: 'read' },
      schema: {
        tags,
        operationId: 'listDisabledEndpoints',
        summary: 'Channels and webhooks that are disabled, because they answered 410',
        response: { 200: z.object({ items: z.array(disabledEndpoint) }), ...failures },
      },
    },
    async () => ({ items: await readModels.listDisabledEndpoints() }),
  );

  app.post(
    '/endpoints/:name/enable',
    {
      config: { access: 'operate', audit: 'endpoint.enable' },
      schema: {
        tags,
        operationId: 'enableEndpoint',
        summary: 'Sends to a channel or webhook again',
        params: z.object({ name: nameParameter }),
        response: {
          200: z.object({ enabled: z.array(endpointSection) }),
          ...failures,
        },
      },
    },
    async ({ params }) => {
      const enabled = await enableEndpoint(params.name);
      if (enabled.length === 0) {
        throw new ProblemError('not_found', { detail: `Nothing that is disabled is called ${params.name}.` });
      }
      return { enabled: [...enabled] };
    },
  );
}
