import type { Command } from 'commander';
import { authorOption, durationOption, timeOption } from '../terminal/attention-options.ts';
import type { OperationsIo } from '../terminal/ports.ts';
import type { AttendOptions } from './alerts.ts';
import type { CloseOptions } from './close-alert.ts';

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
  resolve: `
Examples:
  shiftwatch alert resolve 1 --by ann --comment "the feed is back"
  shiftwatch alert resolve 1 --dry-run`,
  expected: `
Examples:
  shiftwatch alert expected 1 --by ann --comment "the spring sale"
  shiftwatch alert expected 1 --comment "the spring sale" --until 2026-04-01T00:00:00Z`,
} as const;

/** `shiftwatch alert list | show | acknowledge (ack) | snooze | resolve | expected` */
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
  addClosing(alert, io);
}

function addClosing(alert: Command, io: OperationsIo): void {
  alert
    .command('show <id>')
    .description('one alert: what it is about, what people said of it, and what happened')
    .option('--json', 'print JSON')
    .action(async (id: string, options: { json?: boolean }) => {
      const { showAlert } = await import('./show-alert.ts');
      await showAlert(io, id, options.json === true);
    });
  closeCommand(alert, 'resolve')
    .option('--comment <text>', 'why')
    .description('closes it, until a window that ends after now shows it again')
    .action(async (id: string, options: CloseOptions) => {
      const { closeAlert } = await import('./close-alert.ts');
      await closeAlert(io, id, 'resolve', options);
    });
  closeCommand(alert, 'expected')
    .requiredOption('--comment <text>', 'why')
    .addOption(
      durationOption('--for <time>', 'how long it is expected, such as 7d (default: until it is taken back)'),
    )
    .addOption(timeOption('--until <time>', 'or until when, such as 2026-04-01T00:00:00Z'))
    .description('this was expected: closes it, and nobody is told of what shows the same')
    .action(async (id: string, options: CloseOptions) => {
      const { closeAlert } = await import('./close-alert.ts');
      await closeAlert(io, id, 'expected', options);
    });
}

function closeCommand(parent: Command, name: 'resolve' | 'expected'): Command {
  return parent
    .command(`${name} <id>`)
    .addOption(authorOption('--author, --by <name>'))
    .option('--dry-run', 'only say what would happen')
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES[name]);
}

function attendCommand(parent: Command, name: 'acknowledge' | 'snooze'): Command {
  return parent
    .command(`${name} <id>`)
    .addOption(durationOption('--for <time>', 'how long, such as 2h'))
    .addOption(timeOption('--until <time>', 'or until when, such as 2026-03-11T08:00:00Z'))
    .addOption(authorOption())
    .option('--comment <text>', 'why')
    .option('--undo', 'take it back')
    .addHelpText('after', EXAMPLES[name]);
}
