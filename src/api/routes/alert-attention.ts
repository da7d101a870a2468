import { z } from 'zod';
import { DAY_MS } from '../../core/clock.ts';
import { LONGEST_SILENCE_DAYS } from '../../core/alerts/silence.ts';
import { listedAlert, type ListedAlert } from '../../store/rows.ts';

import type { ApiDeps, Attended, NotAttended } from '../api-deps.ts';
import { type App, failures } from '../app.ts';
import { ProblemError, type ProblemName } from '../problem.ts';
import { commentParameter, idParameter, authorParameter, timeParameter } from '../schemas/parameters.ts';
import { authorOf } from '../session/person.ts';
import { withHeadline } from './findings.ts';
import { refuseBody } from './silences.ts';

const audited = <Action extends string>(audit: Action) => ({ access: 'operate', audit }) as const;
const tags = ['alerts'];
const params = z.object({ id: idParameter });
const response = { 200: listedAlert, ...failures };

const acknowledgement = z
  .strictObject({
    author: authorParameter,
    comment: commentParameter.default(''),
    until: timeParameter.optional().describe('Absent: for as long as it is open.'),
  })
  .meta({ id: 'Acknowledgement' });
const snooze = acknowledgement.extend({ until: timeParameter }).meta({ id: 'Snooze' });

export function addAlertAttentionRoutes(app: App, deps: ApiDeps): void {
  addAcknowledging(app, deps);
  addSnoozing(app, deps);
}

function addAcknowledging(app: App, { attention, clock }: ApiDeps): void {
  app.post(
    '/alerts/:id/acknowledge',
    {
      config: audited('alert.acknowledge'),
      schema: {
        tags,
        operationId: 'acknowledgeAlert',
        summary: 'Somebody looks after it: no reminders, unless it shows a new kind of shift',
        params,
        body: acknowledgement,
        response,
      },
    },
    async ({ params: { id }, body: { author, comment, until }, login }) => {
      const nowMs = clock.nowMs();
      const untilMs = until === undefined ? null : Date.parse(until);
      if (untilMs !== null) refuseBody('/until', untilProblem(untilMs, nowMs));
      return attended(
        await attention.acknowledge(id, { author: authorOf(login, author), comment, untilMs }, nowMs),
      );
    },
  );

  app.delete(
    '/alerts/:id/acknowledge',
    {
      config: audited('alert.unacknowledge'),
      schema: {
        tags,
        operationId: 'unacknowledgeAlert',
        summary: 'Nobody looks after it any more; a reminder that was due is sent',
        params,
        response,
      },
    },
    async ({ params: { id } }) => attended(await attention.unacknowledge(id, clock.nowMs())),
  );
}

function addSnoozing(app: App, { attention, clock }: ApiDeps): void {
  app.post(
    '/alerts/:id/snooze',
    {
      config: audited('alert.snooze'),
      schema: {
        tags,
        operationId: 'snoozeAlert',
        summary: 'Nothing is told of it until then, except that it is over',
        params,
        body: snooze,
        response,
      },
    },
    async ({ params: { id }, body: { author, comment, until }, login }) => {
      const nowMs = clock.nowMs();
      const untilMs = Date.parse(until);
      refuseBody('/until', untilProblem(untilMs, nowMs));
      return attended(
        await attention.snooze(id, { author: authorOf(login, author), comment, untilMs }, nowMs),
      );
    },
  );

  app.delete(
    '/alerts/:id/snooze',
    {
      config: audited('alert.unsnooze'),
      schema: {
        tags,
        operationId: 'unsnoozeAlert',
        summary: 'Ends a snooze; if it is still open, people hear of it',
        params,
        response,
      },
    },
    async ({ params: { id } }) => attended(await attention.unsnooze(id, clock.nowMs())),
  );
}

const REFUSALS: Record<NotAttended['reason'], ProblemName> = {
  unknown_alert: 'not_found',
  not_firing: 'conflict',
  not_known: 'conflict',
};

export function attended(outcome: Attended): ListedAlert {
  if (outcome.ok) return withHeadline(outcome.value);
  const { reason, detail } = outcome.error;
  throw new ProblemError(REFUSALS[reason], { detail });
}

function untilProblem(untilMs: number, nowMs: number): string | null {
  if (untilMs <= nowMs) return 'must lie in the future';
  return untilMs - nowMs > LONGEST_SILENCE_DAYS * DAY_MS
    ? `must be within ${LONGEST_SILENCE_DAYS} days`
    : null;
}
