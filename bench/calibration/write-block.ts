import { readFileSync, writeFileSync } from 'node:fs';
import { UserError } from '../../src/core/errors.ts';

const START = '<!-- calibration:start -->';
const END = '<!-- calibration:end -->';

/** Puts `block` between the two marks of a Markdown file and leaves everything else as it is. */
export function writeBlock(path: string, block: string): void {
  const text = readFileSync(path, 'utf8');
  const start = text.indexOf(START);
  const end = text.indexOf(END);
  if (start < 0 || end < start)
    throw new UserError(`${path} has no lines ${START} and ${END} to write between`);
  writeFileSync(path, `${text.slice(0, start + START.length)}\n${block.trim()}\n${text.slice(end)}`);
}
