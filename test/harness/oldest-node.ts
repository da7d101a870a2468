import { join } from 'node:path';
import { npmFetched } from './npm-fetched.ts';

/** What bin/right-node.js asks for. Not the newest of its line: that one would hide what the first cannot. */
export const OLDEST_NODE = '22.18.0';

/**
 * The oldest Node that shiftwatch runs on: the program that `TEST_OLDEST_NODE` names, else npm's package of it, fetched
 * once into `.cache`. Null where neither can be had; with CI set that is an error.
 */
export function oldestNode(): string | null {
  const given = process.env['TEST_OLDEST_NODE'];
  if (given !== undefined && given !== '') return given;
  const [platform, program] = process.platform === 'win32' ? ['win', 'node.exe'] : [process.platform, 'node'];
  try {
    return join(npmFetched(`node-${platform}-${process.arch}`, OLDEST_NODE), 'bin', program);
  } catch (error) {
    if (process.env['CI']) throw error;
    return null;
  }
}
