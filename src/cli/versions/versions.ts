import type { Command } from 'commander';
import type { OperationsIo } from '../terminal/ports.ts';

interface VersionsOptions {
  readonly model: string;
  readonly window?: string;
  readonly base?: string;
  readonly json?: boolean;
}

/** `shiftwatch versions` */
export function register(program: Command, io: OperationsIo): void {
  program
    .command('versions')
    .description('versions of a model side by side: accuracy, fairness, latency, cost, energy, errors, size')
    .requiredOption('--model <name>', 'as in the configuration')
    .option('--window <from..to>', 'only windows within, such as 2026-03-01..2026-03-08 (default: 30 days)')
    .option('--base <version>', 'what the others are compared with (default: the first seen)')
    .option('--json', 'print everything as JSON')
    .action(async ({ model, window, base, json }: VersionsOptions) => {
      const { showVersions } = await import('./show-versions.ts');
      await showVersions({ model, window: window ?? null, base: base ?? null, json: json === true }, io);
    });
}
