import { z } from 'zod';
import type { ReplayRefusal } from '../../store/outbox/replay-deliveries.ts';
import { deliveryDetail, deliveryRow } from '../../store/rows/deliveries.ts';
import { deliveryState } from '../../store/rows/words.ts';
import type { ApiDeps } from '../api-deps.ts';
import { type App, failures } from '../app.ts';
import { cursorOf, pageOf, toPage } from '../cursor.ts';
import { ProblemError } from '../problem.ts';
import { limitParameter, nameParameter } from '../schemas/parameters.ts';

const tags = ['deliveries'];
const idPath = z.object({ id: z.uuid() });

type Deps = Pick<ApiDeps, 'readModels' | 'replayDelivery' | 'clock'>;

export function addDeliveryRoutes(app: App, { readModels, replayDelivery, clock }: Deps): void {
  app.get(
    '/deliveries',
    {
      config: { access: 'read' },
      schema: {
        tags,
        operationId: 'listDeliveries',
        summary: 'Mails and posts, newest first',
        querystring: z.strictObject({
          state: deliveryState.optional(),
          endpoint: nameParameter.optional().describe('A channel or webhook.'),
          model: nameParameter.optional(),
          limit: limitParameter,
          cursor: cursorOf(z.uuid()),
        }),
        response: { 200: pageOf(deliveryRow), ...failures },
      },
    },
    async ({ query }) => {
      const { limit, cursor, ...filter } = query;
      return toPage(await readModels.listDeliveries(filter, { limit, after: cursor ?? null }));
    },
  );

  app.get(
    '/deliveries/:id',
    {
      config: { access: 'read' },
      schema: {
        tags,
        operationId: 'getDelivery',
        summary: 'One of them with its attempts',
        params: idPath,
        response: { 200: deliveryDetail, ...failures },
      },
    },
    async ({ params }) => {
      const found = await readModels.findDelivery(params.id);
      if (found === null) throw new ProblemError('not_found', { detail: REFUSALS.unknown });
      return found;
    },
  );

  app.post(
    '/deliveries/:id/replay',
    {
      config: { access: 'operate', audit: 'delivery.replay' },
      schema: {
        tags,
        operationId: 'replayDelivery',
        summary: 'Sends a dead one again, under the same Message-ID or webhook-id',
        params: idPath,
        response: { 202: z.object({ state: z.literal('queued') }), ...failures },
      },
    },
    async ({ params }, reply) => {
      const replayed = await replayDelivery(params.id, clock.nowMs());
      if (replayed.ok) return await reply.code(202).send({ state: replayed.value });
      throw new ProblemError(replayed.error === 'unknown' ? 'not_found' : 'conflict', {
        detail: REFUSALS[replayed.error],
      });
    },
  );
}

const REFUSALS: Readonly<Record<ReplayRefusal, string>> = {
  unknown: 'There is no such delivery.',
  not_dead: 'The delivery is not dead: it was sent, or is still being tried.',
  endpoint_disabled: 'Its channel or webhook is disabled; enable it first.',
  run_open: 'Another retraining of this model version is under way.',
  run_reached: 'The pipeline has reported on this retraining: it was asked after all.',
};
