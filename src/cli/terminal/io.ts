import type { Config } from '../../config/resolve.ts';
import { systemClock } from '../../core/clock.ts';
import { UserError } from '../../core/errors.ts';
import { hideNothing, hideTexts } from '../../core/hide-texts.ts';
import type { Log } from '../../core/log.ts';
import type { OperationsIo } from './ports.ts';

/** Where the embedded database keeps its files, in the folder the command runs in. */
const DATA_DIRECTORY = '.shiftwatch';

/** What commands need of the world around them. */
export interface Io extends OperationsIo {
  /** As the options name it. */
  configPath(): string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Progress bars are for people at a terminal. */
  readonly isTerminal: boolean;
  exitCode(): number;
}

export function createIo(configPath: () => string): Io {
  let code: 0 | 1 | 3 = 0;
  // A reader that has seen enough (`| head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(code);
    say(`error: cannot write the output: ${error.message}\nMake room, or send it elsewhere.\n`);
    process.exit(1);
  });
  // Messages repeat what libraries say of the addresses they were given. Data are printed as they are.
  let hide = hideNothing;
  const say = (text: string): void => {
    process.stderr.write(hide(text));
  };
  return {
    clock: systemClock,
    log: plainLog(say),
    dataDirectory: DATA_DIRECTORY,
    env: process.env,
    isTerminal: process.stderr.isTTY,
    configPath,
    config: async () => {
      const config = await readConfig(configPath());
      const { secretTexts } = await import('../../config/mask-secrets.ts');
      hide = hideTexts(secretTexts(config));
      return config;
    },
    print: (text) => {
      process.stdout.write(text);
    },
    say,
    exitWith: (wanted) => {
      code = wanted;
    },
    exitCode: () => code,
    replayDeadLetters: async (request) => {
      const { replayDeadLetters } = await import('../../pipeline/intake/replay-dead-letters.ts');
      return await replayDeadLetters(request);
    },
  };
}

/** The same in every command, of a problem that is no mistake in the file. */
export function noConfiguration(path: string): UserError {
  return new UserError(`there is no configuration ${path}`, {
    fix: '`shiftwatch init` writes a first one, from a file of rows or a Kafka topic; --config FILE or SHIFTWATCH_CONFIG names another.',
  });
}

async function readConfig(path: string): Promise<Config> {
  const { loadConfig, NO_CONFIGURATION } = await import('../../config/load.ts');
  const { formatProblem } = await import('../../config/problem.ts');
  const loaded = await loadConfig(path, process.env);
  if (loaded.ok) return loaded.value;
  if (loaded.error.some(({ message }) => message === NO_CONFIGURATION)) throw noConfiguration(path);
  throw new UserError(`the configuration cannot be used\n${loaded.error.map(formatProblem).join('\n')}`, {
    fix: 'Mend these lines; `shiftwatch config check` looks again, `shiftwatch config schema` shows what is allowed.',
  });
}

/** For commands: what matters, in words. `serve` logs JSON instead. */
function plainLog(say: (text: string) => void): Log {
  return {
    debug() {},
    info() {},
    warn: (_fields, message) => say(`warning: ${message}\n`),
    error: (_fields, message) => say(`error: ${message}\n`),
  };
}
