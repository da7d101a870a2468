import { pino } from 'pino';
import type { HideTexts } from '../../core/hide-texts.ts';

/**
 * To standard output, each line written before the next statement runs. What is held back to be written later is written
 * at the end of the process, again and again for ever where nobody reads any more (sonic-boom 4.2, `flushSync`).
 */
const standardOutput = (): pino.DestinationStream => pino.destination({ dest: 1, sync: true });

/** JSON lines without what must not be written down: errors of libraries repeat the addresses they were given. */
export function createServiceLog(
  hide: HideTexts,
  destination: pino.DestinationStream = standardOutput(),
): pino.Logger {
  const options: pino.LoggerOptions = {
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    hooks: {
      logMethod(given, method) {
        method.apply(this, given.map((part: unknown) => hidden(part, hide)) as typeof given);
      },
    },
  };
  return pino(options, destination);
}

function hidden(value: unknown, hide: HideTexts): unknown {
  if (typeof value === 'string') return hide(value);
  if (value instanceof Error) return hide(value.stack ?? value.message);
  if (Array.isArray(value)) return value.map((item) => hidden(item, hide));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hidden(item, hide)]));
}
