import type { Command } from 'commander';
import { UserError } from '../../core/errors.ts';
import type { Role } from '../../pipeline.ts';
import type { Io } from '../io.ts';

const ROLES: readonly Role[] = ['ingest', 'evaluate', 'act', 'api'];

/** `shiftwatch serve` */
export function register(program: Command, io: Io): void {
  program
    .command('serve')
    .description('runs the service: reads logs, evaluates windows, alerts, answers HTTP')
    .option('--roles <list>', `comma-separated, of ${ROLES.join(', ')}`, ROLES.join(','))
    .action(async (options: { roles: string }) => {
      const roles = readRoles(options.roles);
      const { runService } = await import('../run-service.ts');
      io.exitWith(await runService({ config: await io.config(), roles, say: io.say }));
    });
}

function readRoles(text: string): Set<Role> {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !ROLES.some((role) => role === name));
  if (unknown.length > 0) {
    throw new UserError(`there is no role ${unknown.join(', ')}`, { fix: `Roles are ${ROLES.join(', ')}.` });
  }
  return new Set(ROLES.filter((role) => names.includes(role)));
}
