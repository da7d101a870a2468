import { z } from 'zod';
import { count, id, time } from './cells.ts';

export const auditRow = z
  .object({
    id,
    at: time,
    actor: z
      .string()
      .describe('Prefix of a token, `oidc:<subject>`, `cli:<user of the machine>`, or `anonymous`.'),
    actor_name: z.string().nullable().describe('What the token or the person is called.'),
    action: z.string().meta({ examples: ['alert.acknowledge'] }),
    target: z.string().nullable().describe('What it was done to.'),
    outcome: z.enum(['done', 'refused']),
    reason: z.string().nullable().describe('Why it was refused.'),
    times: count.describe('More than 1: refusals that were counted instead of being stored one by one.'),
    address: z.string().nullable().describe('Where the request came from; null: a command.'),
  })
  .meta({ id: 'AuditEntry' });
export type AuditRow = z.infer<typeof auditRow>;
