import type { PartitionConsumer } from '../consume/partition-consumer.ts';
import type { Garbage } from './collect-garbage.ts';
import type { Duty, DutyRole, Turn } from './duty.ts';
import type { Line } from './line.ts';

/** What the duties of a process are done with. */
export interface DutyLine extends Line {
  /** Null: it reads no logs. */
  readonly consumer: PartitionConsumer | null;
  readonly garbage: Garbage;
  /** Aborted when the process stops: what waits for an answer waits no longer. */
  readonly stopping: AbortSignal;
}

/** A row of the table of duties. */
export interface DutyEntry {
  readonly name: string;
  /** `any`: of every process, whatever its roles. */
  readonly role: DutyRole | 'any';
  readonly everyMs: number | ((line: Line) => number);
  /** One process of a fleet is enough. */
  readonly leader?: true;
  /** In a sentence. */
  readonly does: string;
  /** Null: there is nothing to do in this process. */
  readonly turn: (line: DutyLine) => Turn | null | Promise<Turn>;
}

/** The duties of a process with these roles. */
export async function dutiesOf(
  table: readonly DutyEntry[],
  roles: ReadonlySet<DutyRole>,
  line: DutyLine,
): Promise<Duty[]> {
  const [anyRole = 'api'] = roles;
  const duties: Duty[] = [];
  for (const { name, role, everyMs, leader, turn: turnOf } of table) {
    if (role !== 'any' && !roles.has(role)) continue;
    const turn = await turnOf(line);
    if (turn === null) continue;
    duties.push({
      name,
      role: role === 'any' ? anyRole : role,
      everyMs: typeof everyMs === 'number' ? everyMs : everyMs(line),
      run: async () => await turn(line.clock.nowMs()),
      ...(leader === true && { leader }),
    });
  }
  return duties;
}
