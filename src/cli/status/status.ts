import type { Command } from 'commander';
import type { OperationsIo } from '../terminal/ports.ts';

/** `shiftwatch status` */
export function register(program: Command, io: OperationsIo): void {
  program
    .command('status')
    .description('how every model stands: last window, verdict, alerts, and the state of the pipeline')
    .option('--json', 'print everything as JSON')
    .option('--check', 'end with exit code 3 when an alert is firing')
    .action(async (options: { json?: boolean; check?: boolean }) => {
      const { withDatabase } = await import('../terminal/with-database.ts');
      const { firingAlerts, statusReport } = await import('./report.ts');
      const { keptHistory } = await import('../../store/read-models/kept-history.ts');
      const { overview } = await import('../../store/read-models/overview.ts');
      const { currentHolds } = await import('../../pipeline/messages/current-holds.ts');
      const nowMs = io.clock.nowMs();
      const { found, kept, holds, channels } = await withDatabase(io, async ({ pool, config }) => {
        const muteOf = new Map(config.models.map(({ name, alerts }) => [name, alerts.mute ?? []]));
        return {
          found: await overview(pool),
          kept: await keptHistory(pool, config.history.retention),
          channels: config.channels,
          holds: await currentHolds(pool, (model) => muteOf.get(model) ?? [], nowMs),
        };
      });
      const firing = firingAlerts(found);
      if (options.json === true) {
        const at = new Date(nowMs).toISOString();
        io.print(`${JSON.stringify({ at, firing_alerts: firing, ...found, kept }, null, 2)}\n`);
      } else {
        io.print(statusReport(found, { holds, channels, kept }, nowMs));
      }
      if (options.check === true && firing > 0) io.exitWith(3);
    });
}
