import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { UserError } from '../../src/core/errors.ts';
import type { PlanOptions } from './plan.ts';

export interface CalibrationOptions extends PlanOptions {
  readonly workers: number;
  readonly write: boolean;
}

export const USAGE = `Measures how often the defaults flag windows in which nothing moved, and how often they find what did,
beside other tools' default rules. Exits with 1 when a promise is broken.

  npm run calibration -- [--quick] [--windows N] [--only ours|peers] [--workers N] [--no-write]

  --quick        a tenth of everything: a few minutes, no promise; writes nothing
  --windows N    null windows of each promised size (24,000)
  --only PART    ours or peers alone; writes nothing
  --workers N    worker threads (all cores)
  --no-write     leaves docs/records/calibration.md alone`;

/** Null asks for the usage text. */
export function readOptions(args: readonly string[]): CalibrationOptions | null {
  const { values } = parseArguments(args);
  if (values.help === true) return null;
  const only = values.only ?? null;
  if (only !== null && only !== 'ours' && only !== 'peers') {
    throw new UserError(`--only is ours or peers, not ${only}`);
  }
  const quick = values.quick === true;
  return {
    quick,
    only,
    windows: values.windows === undefined ? null : wholeNumber('--windows', values.windows),
    workers: values.workers === undefined ? availableParallelism() : wholeNumber('--workers', values.workers),
    // A part, or a glance, must not replace what a whole run has found.
    write: values['no-write'] !== true && !quick && only === null,
  };
}

function parseArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean' },
        windows: { type: 'string' },
        only: { type: 'string' },
        workers: { type: 'string' },
        'no-write': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UserError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new UserError(`${option} is a whole number from 1, not ${text}`);
  return value;
}
