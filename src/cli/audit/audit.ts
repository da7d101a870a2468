import { type Command, InvalidArgumentError, Option } from 'commander';
import type { AuditRow } from '../../store/rows/audit.ts';
import { durationOption } from '../terminal/attention-options.ts';
import type { OperationsIo } from '../terminal/ports.ts';

interface AuditOptions {
  readonly since?: number;
  readonly actor?: string;
  readonly action?: string;
  readonly limit: number;
  readonly json?: boolean;
}

/** `shiftwatch audit` */
export function register(program: Command, io: OperationsIo): void {
  program
    .command('audit')
    .description('who signed in, was refused and changed what, by the API or a command; the newest first')
    .addOption(durationOption('--since <time>', 'only of so long, such as 7d'))
    .option('--actor <name>', 'only of this token, person or user, such as sw_3k9… or cli:ana')
    .option('--action <name>', 'only this action, such as alert.acknowledge or sign_in')
    .addOption(new Option('--limit <n>', 'at most so many').argParser(parseLimit).default(100))
    .option('--json', 'print JSON')
    .action((options: AuditOptions) => audit(io, options));
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1_000_000) return limit;
  throw new InvalidArgumentError('Expected a whole number from 1 to 1000000.');
}

async function audit(io: OperationsIo, options: AuditOptions): Promise<void> {
  const { withDatabase } = await import('../terminal/with-database.ts');
  const { listAudit } = await import('../../store/audit.ts');
  const { since, actor, action, limit, json } = options;
  const fromMs = since === undefined ? undefined : io.clock.nowMs() - since;
  const { items, next } = await withDatabase(io, ({ pool }) =>
    listAudit(pool, { actor, action, fromMs }, { limit, after: null }),
  );
  if (json === true) {
    io.print(`${JSON.stringify(items, null, 2)}\n`);
  } else if (items.length === 0) {
    io.say('Nothing of that kind has been noted.\n');
  } else {
    const { textTable } = await import('../terminal/text-table.ts');
    const headings = ['AT (UTC)', 'ACTOR', 'NAME', 'ACTION', 'TARGET', 'OUTCOME', 'FROM'];
    io.print(textTable(headings, items.map(auditCells)));
    if (next !== null) io.say(`There are more than these ${items.length}; --limit shows more.\n`);
  }
}

function auditCells({
  at,
  actor,
  actor_name,
  action,
  target,
  outcome,
  reason,
  times,
  address,
}: AuditRow): string[] {
  const often = times === 1 ? '' : `, ${times} times`;
  const became = reason === null ? outcome : `${outcome}: ${reason}${often}`;
  const when = at.slice(0, 19).replace('T', ' ');
  return [when, actor, actor_name ?? '-', action, target ?? '-', became, address ?? '-'];
}
