/** Runs `shiftwatch compare` as the program does, and makes the files it needs. */
import { Command } from 'commander';
import { loadConfig } from '../../src/config/load.ts';
import { register } from '../../src/cli/compare/compare.ts';
import { createRandom } from '../../src/stats/random.ts';

export interface Ran {
  readonly out: string;
  readonly said: string;
  readonly code: number;
}

/** Noon of 1 March 2026, as the clock of the report. */
export const NOW_MS = Date.UTC(2026, 2, 1, 12);

export async function compare(...args: string[]): Promise<Ran> {
  const ran = { out: '', said: '', code: 0 };
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  // As the program does it for every command.
  const configPath = (): string =>
    program.commands[0]?.opts<{ config?: string }>().config ?? 'shiftwatch.yaml';
  register(program, {
    configPath,
    config: async () => {
      const loaded = await loadConfig(configPath(), {});
      if (!loaded.ok) throw new Error(loaded.error.map(({ message }) => message).join('\n'));
      return loaded.value;
    },
    clock: { nowMs: () => NOW_MS },
    env: { NO_COLOR: '1' },
    isTerminal: false,
    print: (text) => (ran.out += text),
    say: (text) => (ran.said += text),
    exitWith: (code) => (ran.code = code),
  });
  for (const command of program.commands)
    command
      .option('-c, --config <file>')
      .exitOverride()
      .configureOutput({ writeErr: () => {} });
  await program.parseAsync(['compare', ...args], { from: 'user' });
  return ran;
}

const HOUR_MS = 3_600_000;
const FIRST_MS = Date.UTC(2026, 1, 1);

export interface LoanOptions {
  readonly rows?: number;
  /** Rows of one hour. */
  readonly perHour?: number;
  /** Years the age moves by from this hour on. */
  readonly shift?: { readonly fromHour: number; readonly years: number };
  /** The segment whose age moves; all, when absent. */
  readonly onlyIn?: string;
  /** Hour in which four in ten incomes are missing. */
  readonly brokenHour?: number;
  /** Every so many rows has no time. */
  readonly untimedEvery?: number;
}

/** Loans in the order of time, as CSV. */
export function loans(
  seed: number,
  { rows = 2000, perHour = 500, shift, onlyIn, brokenHour, untimedEvery }: LoanOptions = {},
): string {
  const random = createRandom(seed);
  const lines = Array.from({ length: rows }, (_, row) => {
    const hour = Math.floor(row / perHour);
    const country = ['DE', 'FR', 'NL'][Math.floor(3 * random() ** 1.3)] ?? 'DE';
    const moves = shift !== undefined && hour >= shift.fromHour && (onlyIn ?? country) === country;
    const age = 20 + 40 * random() + (moves ? shift.years : 0);
    const score = 1 / (1 + Math.exp(-(age - 40) / 8));
    const income = hour === brokenHour && random() < 0.4 ? '' : (1000 + 3000 * random()).toFixed(2);
    const time =
      untimedEvery !== undefined && row % untimedEvery === 0
        ? ''
        : new Date(FIRST_MS + (row * HOUR_MS) / perHour).toISOString();
    const label = random() < score ? 1 : 0;
    return [time, age.toFixed(4), income, country, label, score > 0.5 ? 1 : 0, score.toFixed(4)].join(',');
  });
  return `timestamp,age,income,country,label,prediction,score\n${lines.join('\n')}\n`;
}
