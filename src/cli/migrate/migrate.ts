import type { Command } from 'commander';
import type { OperationsIo } from '../terminal/ports.ts';

/** `shiftwatch migrate` */
export function register(program: Command, io: OperationsIo): void {
  program
    .command('migrate')
    .description('brings the database to the tables of this version; `serve` does it too')
    .option('--dry-run', 'only say what would run')
    .action(async (options: { dryRun?: boolean }) => {
      const { openDatabase } = await import('../../store/connection/open-database.ts');
      const { migrate } = await import('../../store/connection/migrate.ts');
      const config = await io.config();
      const { log, dataDirectory: directory } = io;
      const dryRun = options.dryRun === true;
      const { url, close } = await openDatabase({ url: config.databaseUrl, directory, log });
      try {
        const names = await migrate({ connectionString: url, log, dryRun });
        for (const name of names) io.print(`${name}\n`);
        io.say(sentence(names.length, dryRun));
      } finally {
        await close();
      }
    });
}

function sentence(count: number, dryRun: boolean): string {
  if (count === 0) return 'The database is up to date.\n';
  const migrations = count === 1 ? '1 migration' : `${count} migrations`;
  return dryRun ? `${migrations} would run.\n` : `${migrations} ran.\n`;
}
