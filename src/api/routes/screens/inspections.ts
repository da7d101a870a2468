import { z } from 'zod';
import { windowInspection, windowSample } from '../../../store/rows/inspection.ts';
import type { ApiDeps } from '../../api-deps.ts';
import { type App, failures } from '../../app.ts';
import { idParameter } from '../../schemas/parameters.ts';
import { answered } from './feature-screen.ts';

const tags = ['windows'];
const params = z.object({ id: idParameter });

export function addInspectionRoutes(app: App, { inspections }: Pick<ApiDeps, 'inspections'>): void {
  app.get(
    '/windows/:id/inspection',
    {
      config: { access: 'read' },
      schema: {
        tags,
        operationId: 'inspectWindow',
        summary: 'One window with both verdicts, its segments, its features and what lies beside it',
        params,
        response: { 200: windowInspection, ...failures },
      },
    },
    async (request) => answered(await inspections.window(request.params.id)),
  );

  app.get(
    '/windows/:id/sample',
    {
      config: { access: 'operate' },
      schema: {
        tags,
        operationId: 'sampleWindow',
        summary: 'A hundred rows of a window as they are kept: personal data',
        params,
        response: { 200: windowSample, ...failures },
      },
    },
    async (request, reply) => {
      void reply.header('cache-control', 'no-store');
      return answered(await inspections.sample(request.params.id));
    },
  );
}
