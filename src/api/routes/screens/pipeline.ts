import { effectiveConfiguration, pipelineState } from '../../../store/rows.ts';
import type { ApiDeps } from '../../api-deps.ts';
import { type App, failures } from '../../app.ts';

const config = { access: 'read' } as const;
const tags = ['pipeline'];

/** The line itself, and the configuration that it runs by. */
export function addPipelineRoutes(
  app: App,
  { readModels, explainConfiguration }: Pick<ApiDeps, 'readModels' | 'explainConfiguration'>,
): void {
  app.get(
    '/pipeline',
    {
      config,
      schema: {
        tags,
        operationId: 'getPipeline',
        summary: 'How the line stands: what is read, stored, judged, sent, and what is not',
        response: { 200: pipelineState, ...failures },
      },
    },
    async () => await readModels.pipelineFacts(),
  );

  app.get(
    '/configuration',
    {
      config,
      schema: {
        tags,
        operationId: 'getConfiguration',
        summary:
          'The configuration in force: each value, and the line or default it comes from; secrets hidden',
        response: { 200: effectiveConfiguration, ...failures },
      },
    },
    async () => explainConfiguration(),
  );
}
