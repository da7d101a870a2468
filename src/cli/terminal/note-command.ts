import { appendAudit } from '../../store/audit.ts';
import type { Queryable } from '../../store/connection/pool.ts';
import type { OperationsIo } from './ports.ts';
import { userName } from './user-name.ts';

/**
 * Notes in the audit trail what a command changes, as `cli:<user of the machine>`.
 *
 * @param target never what is to be forgotten, and no secret
 * @param db the transaction that changes it, where there is one
 */
export async function noteCommand(
  io: Pick<OperationsIo, 'clock'>,
  db: Queryable,
  action: string,
  target: string | null,
  refusedBecause: string | null = null,
): Promise<void> {
  const entry = {
    actor: `cli:${userName()}`,
    actorName: null,
    action,
    target,
    refusedBecause,
    address: null,
  };
  await appendAudit(db, entry, io.clock.nowMs());
}
