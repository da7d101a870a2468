import type { Command } from 'commander';
import { UserError } from '../../core/errors.ts';
import type { OperationsIo } from '../terminal/ports.ts';

/** `shiftwatch grant-views ROLE` */
export function register(program: Command, io: OperationsIo): void {
  program
    .command('grant-views <role>')
    .description('lets a role of PostgreSQL read the views of shiftwatch_views, and nothing else')
    .option('--dry-run', 'only say what would be granted')
    .action((role: string, options: { dryRun?: boolean }) => grant(io, role, options.dryRun === true));
}

class DryRun extends Error {}

async function grant(io: OperationsIo, role: string, isDryRun: boolean): Promise<void> {
  const { inTransaction } = await import('../../store/connection/pool.ts');
  const { grantViews } = await import('../../store/views.ts');
  const { noteCommand } = await import('../terminal/note-command.ts');
  const { withDatabase } = await import('../terminal/with-database.ts');
  await withDatabase(io, async ({ pool }) => {
    const done = inTransaction(pool, async (tx) => {
      const granted = await grantViews(tx, role);
      if (!granted.ok) throw refused(granted.error, role);
      if (isDryRun) throw new DryRun();
      await noteCommand(io, tx, 'views.grant', role);
    });
    await done.catch((error: unknown) => {
      if (!(error instanceof DryRun)) throw error;
    });
  });
  const verb = isDryRun ? 'could read' : 'can read';
  io.say(`${role} ${verb} the views of the schema shiftwatch_views.\n`);
}

function refused(why: 'unknown_role' | 'may_not_create_schema', role: string): UserError {
  return why === 'unknown_role'
    ? new UserError(`PostgreSQL knows no role "${role}"`, {
        fix: 'Create it: `create role NAME login password …`.',
      })
    : new UserError('the schema shiftwatch_views is not there, and this role may not make it', {
        fix: 'As an administrator: `grant create on database NAME to ROLE`, for the role that shiftwatch uses; then run this again.',
      });
}
