import type { Command } from 'commander';
import { authorOption, durationOption, timeOption } from '../terminal/attention-options.ts';
import type { OperationsIo } from '../terminal/ports.ts';
import type { AttendOptions } from './alerts.ts';

const EXAMPLES = {
  acknowledge: `
Examples:
  shiftwatch alert ack 1
  shiftwatch alert ack 1 --for 2h --comment "looking into it"
  shiftwatch alert ack 1 --undo`,
  snooze: `
Examples:
  shiftwatch alert snooze 1 --for 2h
  shiftwatch alert snooze 1 --until 2026-03-11T08:00:00Z --comment "after the release"
  shiftwatch alert snooze 1 --undo`,
} as const;

/** `shiftwatch alert list | acknowledge (ack) | snooze` */
export function register(program: Command, io: OperationsIo): void {
  const alert = program.command('alert').description('open alerts, and who looks after them');
  alert
    .command('list')
    .description('alerts that are not over, what holds their messages back, and when the next reminder comes')
    .option('--all', 'also those that are over, the newest 500')
    .option('--json', 'print JSON')
    .action(async (options: { all?: boolean; json?: boolean }) => {
      const { showAlerts } = await import('./alerts.ts');
      await showAlerts(io, { all: options.all === true, json: options.json === true });
    });
  attendCommand(alert, 'acknowledge')
    .alias('ack')
    .description('you look after it: no reminders, unless it shows a new kind of shift')
    .action(async (id: string, options: AttendOptions) => {
      const { acknowledge } = await import('./alerts.ts');
      await acknowledge(io, id, options);
    });
  attendCommand(alert, 'snooze')
    .description('nothing is told of it until then, except that it is over')
    .action(async (id: string, options: AttendOptions) => {
      const { snooze } = await import('./alerts.ts');
      await snooze(io, id, options);
    });
}

function attendCommand(parent: Command, name: keyof typeof EXAMPLES): Command {
  return parent
    .command(`${name} <id>`)
    .addOption(durationOption('--for <time>', 'how long, such as 2h'))
    .addOption(timeOption('--until <time>', 'or until when, such as 2026-03-11T08:00:00Z'))
    .addOption(authorOption())
    .option('--comment <text>', 'why')
    .option('--undo', 'take it back')
    .addHelpText('after', EXAMPLES[name]);
}
