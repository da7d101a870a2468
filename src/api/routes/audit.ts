import { z } from 'zod';
import { auditRow } from '../../store/rows/audit.ts';
import type { ApiDeps } from '../api-deps.ts';
import { type App, failures } from '../app.ts';
import { cursorOf, pageOf, toPage } from '../cursor.ts';
import { limitParameter, serialKey, storable, timeParameter } from '../schemas/parameters.ts';

/** Who changed what, and who was refused. Names of people stand there, so it is for those who operate the program. */
export function addAuditRoute(app: App, { readModels }: Pick<ApiDeps, 'readModels'>): void {
  app.get(
    '/audit',
    {
      config: { access: 'operate' },
      schema: {
        tags: ['audit'],
        operationId: 'listAudit',
        summary: 'Sign-ins, refusals and changes, newest first',
        querystring: z.strictObject({
          actor: storable.min(1).max(300).optional().describe('As in `actor` or `actor_name`.'),
          action: storable.min(1).max(100).optional(),
          from: timeParameter.optional(),
          to: timeParameter.optional().describe('Not included.'),
          limit: limitParameter,
          cursor: cursorOf(serialKey),
        }),
        response: { 200: pageOf(auditRow), ...failures },
      },
    },
    async ({ query: { actor, action, from, to, limit, cursor } }) => {
      const filter = {
        actor,
        action,
        fromMs: from === undefined ? undefined : Date.parse(from),
        toMs: to === undefined ? undefined : Date.parse(to),
      };
      return toPage(await readModels.listAudit(filter, { limit, after: cursor ?? null }));
    },
  );
}
