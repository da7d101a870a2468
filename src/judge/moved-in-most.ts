import { OUTPUTS } from './windows-before.ts';
import type { ComparedWindow } from '../compare/compared-window.ts';

/** Of fewer windows that say the same, chance may have said it. */
const MIN_WINDOWS = 2;

/** Columns that one window says have moved; prediction, score and label by the names of `OUTPUTS`. */
export function movedIn({ features, ...outputs }: MovedWindow): string[] {
  const names = (['prediction', 'score', 'label'] as const).filter((name) => outputs[name]?.drifted === true);
  return [
    ...features.filter(({ drifted }) => drifted).map(({ name }) => name),
    ...names.map((name) => OUTPUTS[name]),
  ];
}

type MovedWindow = Pick<ComparedWindow, 'features' | 'prediction' | 'score' | 'label'>;

/**
 * Columns that half of the windows or more, and two at least, say by themselves have moved. Each of them was asked how far such windows spread; a change that grew is further
 * apart from stretch to stretch than anything that wanders, and all rows together must not deny what every window says.
 *
 * @param windows what each of them says
 * @example movedInMost([['a', 'b'], ['a'], ['c']]) // new Set(['a'])
 */
export function movedInMost(windows: readonly (readonly string[])[]): ReadonlySet<string> {
  const times = new Map<string, number>();
  for (const names of windows) for (const name of names) times.set(name, (times.get(name) ?? 0) + 1);
  const enough = Math.max(MIN_WINDOWS, windows.length / 2);
  return new Set([...times].filter(([, said]) => said >= enough).map(([name]) => name));
}
