import { shellWord } from '../../core/process/shell-word.ts';

/**
 * The command that judges a window again at once, where rows or labels have come since it was judged. It tells nobody.
 *
 * @param window ISO 8601, [start, end)
 */
export function judgeAtOnce(window: {
  readonly model: string;
  readonly start: string;
  readonly end: string;
}): string {
  return `shiftwatch recompute --model ${shellWord(window.model)} --from ${window.start} --to ${window.end}`;
}
