import { z } from 'zod';
import { VERDICTS } from '../../../core/findings.ts';
import { readMoment } from '../../../core/windows/period.ts';
import { FLEET_ORDERS, type FleetRequest } from '../../../store/read-models/screens/fleet.ts';
import { fleet } from '../../../store/rows.ts';
import type { ApiDeps } from '../../api-deps.ts';
import { type App, failures } from '../../app.ts';
import { ProblemError } from '../../problem.ts';
import { nameParameter, storable } from '../../schemas/parameters.ts';

const momentText = z
  .string()
  .max(40)
  .refine(
    (text) => readMoment(text, 0) !== null,
    'give an ISO 8601 time, or `now-7d`, `latest-7d` (m, h, d, w)',
  );

/** The name ends at the first of these: names hold none. */
const TAG = /^([^=:]+)[=:]([^]*)$/;

const query = z.strictObject({
  from: momentText
    .optional()
    .describe('Beginning of the ribbons; absent: 7 days, but at least 30 windows of the usual length.'),
  to: momentText.optional().describe('Their end; absent: the newest data.'),
  q: storable.max(256).optional().describe('A part of the name.'),
  verdict: z
    .enum([...VERDICTS, 'no_data'])
    .optional()
    .describe('Of the newest window that was judged, or of an open incident.'),
  tag: storable.max(512).regex(TAG, 'must be `name=value`').optional().describe('`name=value`'),
  group: nameParameter.optional().describe('Models of one value of this tag stand together.'),
  sort: z
    .enum(FLEET_ORDERS.flatMap((order) => [order, `-${order}`] as const))
    .default('verdict')
    .describe('Worst first by default; with a minus descending.'),
  limit: z.coerce.number().int().min(1).max(100).default(50).describe('How many models a page holds.'),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0).describe('How many come before them.'),
});

/** The first screen: how every model stands. */
export function addFleetRoute(app: App, { readModels, clock }: Pick<ApiDeps, 'readModels' | 'clock'>): void {
  app.get(
    '/fleet',
    {
      config: { access: 'read' },
      schema: {
        tags: ['models'],
        operationId: 'getFleet',
        summary: 'How every model stands, worst first, with its verdicts over time',
        querystring: query,
        response: { 200: fleet, ...failures },
      },
    },
    async ({ query: { from, to, q, sort, verdict, tag, group, limit, offset } }) => {
      const nowMs = clock.nowMs();
      const descending = sort.startsWith('-');
      const found = await readModels.loadFleet({
        nowMs,
        from: from === undefined ? null : readMoment(from, nowMs),
        to: readMoment(to ?? 'latest', nowMs) ?? { ofLatest: true, ms: 0 },
        order: FLEET_ORDERS.find((order) => order === sort.slice(descending ? 1 : 0)) ?? 'verdict',
        descending,
        search: q ?? null,
        verdict: verdict ?? null,
        tag: tagOf(tag),
        group: group ?? null,
        limit,
        offset,
      });
      if (found.period.from < found.period.to) return found;
      throw new ProblemError('validation_failed', { detail: '`from` must lie before `to`' });
    },
  );
}

function tagOf(text: string | undefined): FleetRequest['tag'] {
  const [, name, value] = TAG.exec(text ?? '') ?? [];
  return name === undefined || value === undefined ? null : { name, value };
}
