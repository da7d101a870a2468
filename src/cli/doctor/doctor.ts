import type { Command } from 'commander';
import { UserError } from '../../core/errors.ts';
import type { DoctorFinding } from './finding.ts';
import type { OperationsIo } from '../terminal/ports.ts';

const DEADLINE_MS = 10_000;

/** `shiftwatch doctor` */
export function register(program: Command, io: OperationsIo): void {
  program
    .command('doctor')
    .description(
      'checks configuration, database, Kafka, Redis, mail and webhooks, and says how to repair each',
    )
    .option('--json', 'print the findings as JSON')
    .action(async (options: { json?: boolean }) => {
      const { doctorReport, hasFailure } = await import('./report.ts');
      const findings = await findingsOf(io);
      io.print(options.json === true ? `${JSON.stringify({ findings }, null, 2)}\n` : doctorReport(findings));
      if (hasFailure(findings)) io.exitWith(1);
    });
}

async function findingsOf(io: OperationsIo): Promise<DoctorFinding[]> {
  const { failure } = await import('./finding.ts');
  const { examine } = await import('./examine.ts');
  try {
    const config = await io.config();
    const { clock, log, dataDirectory: directory } = io;
    return await examine({ config, directory, clock, log, deadlineMs: DEADLINE_MS });
  } catch (error) {
    // A configuration with mistakes is the first thing a doctor finds, and nothing else can be looked at.
    if (!(error instanceof UserError)) throw error;
    return [failure('configuration', error.message, error.fix ?? 'Run `shiftwatch config check`.')];
  }
}
