import { type Command, InvalidArgumentError } from 'commander';
import type { Role } from '../../pipeline.ts';
import type { Io } from '../terminal/io.ts';

const ROLES: readonly Role[] = ['ingest', 'evaluate', 'act', 'api'];

/** `shiftwatch serve` */
export function register(program: Command, io: Io): void {
  program
    .command('serve')
    .description('runs the service: reads logs, evaluates windows, alerts, answers HTTP')
    .option('--roles <list>', `comma-separated, of ${ROLES.join(', ')} (default: all)`, readRoles)
    .action(async (options: { roles?: Set<Role> }) => {
      const { runService } = await import('./run-service.ts');
      const roles = options.roles ?? new Set(ROLES);
      io.exitWith(await runService({ config: await io.config(), roles, say: io.say }));
    });
}

function readRoles(text: string): Set<Role> {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !ROLES.some((role) => role === name));
  if (unknown.length > 0) {
    throw new InvalidArgumentError(`There is no role ${unknown.join(', ')}; roles are ${ROLES.join(', ')}.`);
  }
  return new Set(ROLES.filter((role) => names.includes(role)));
}
