import { z } from 'zod';

export const readyAnswer = z.object({
  ready: z.boolean(),
  /** `not_writable`: it answers, but its disk is full, or it only reads. */
  database: z.enum(['ok', 'unreachable', 'not_writable']),
  migrations: z.enum(['current', 'pending', 'newer', 'unknown']),
});

export interface Readiness extends z.infer<typeof readyAnswer> {
  /** One sentence, when not ready. It may name the database's address: for logs, not for strangers. */
  detail: string | null;
}
