import { Argument, type Command } from 'commander';
import type { LogEventType } from '../../core/events/events.ts';
import type { Io } from '../terminal/io.ts';

const TYPES: readonly LogEventType[] = ['prediction', 'features', 'label'];

/** `shiftwatch event-schema TYPE` */
export function register(program: Command, io: Pick<Io, 'print'>): void {
  program
    .command('event-schema')
    .description('prints the JSON Schema of an event, for producers and their tests')
    .addArgument(new Argument('<type>', 'of the event').choices(TYPES))
    .action(async (type: LogEventType) => {
      const { eventJsonSchema } = await import('../../decode/event-schema.ts');
      io.print(`${JSON.stringify(eventJsonSchema(type), null, 2)}\n`);
    });
}
