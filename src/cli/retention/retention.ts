import type { Command } from 'commander';
import { UsageError } from '../../core/errors.ts';
import { instantOfText } from '../terminal/instant.ts';
import type { OperationsIo } from '../terminal/ports.ts';

/** `shiftwatch retention` and `shiftwatch retention run` */
export function register(program: Command, io: OperationsIo): void {
  const retention = program
    .command('retention')
    .description('what is kept of the past: since when, how large, how fast it grows')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const { showKept } = await import('./show-kept.ts');
      await showKept(io, json === true);
    });
  retention
    .command('run')
    .description(
      'let go of what is older than `retention` keeps it; `serve` does it by itself every few minutes',
    )
    .option('--dry-run', 'only say what would go')
    .option('--as-of <time>', 'what is old at that time, such as 2026-03-01 or 2026-03-01T12:00:00Z', instant)
    .option('--json', 'print JSON')
    .action(async (options: { dryRun?: boolean; asOf?: number; json?: boolean }, command: Command) => {
      const { runRetention } = await import('./run-retention.ts');
      const asJson = options.json === true || command.parent?.opts()['json'] === true;
      await runRetention(io, {
        nowMs: options.asOf ?? io.clock.nowMs(),
        isDry: options.dryRun === true,
        asJson,
      });
    });
}

function instant(text: string): number {
  const ms = instantOfText(text);
  if (ms === null)
    throw new UsageError(`--as-of '${text}' is no time`, {
      fix: 'Write it as 2026-03-01 or 2026-03-01T12:00:00Z.',
    });
  return ms;
}
