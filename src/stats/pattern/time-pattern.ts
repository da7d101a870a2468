import { chooseShape } from './choose-shape.ts';
import type { ChosenShape } from './choose-shape.ts';
import { leadingAxis } from './leading-axis.ts';
import { mixtureMisfit, mixturePValue } from './mixture.ts';
import { isPresent } from './tracks.ts';
import type { Track } from './tracks.ts';

export type Pattern = 'none' | 'sudden' | 'gradual' | 'incremental' | 'recurring';

/** How something changed over a run of windows. Times are window lengths from the start of the first window. */
export interface PatternOverTime {
  readonly pattern: Pattern;
  readonly change: ChosenShape['change'];
  /** When a gradual or incremental change was complete, or a sudden one had gone back. */
  readonly end: number | null;
  /** True: `end` is the moment it had gone back to what it was. */
  readonly wentBack: boolean;
  readonly period: number | null;
  readonly confidence: number;
  readonly windows: number;
  /** p-value of "the windows on the way are mixtures of the two states"; null where that was not asked. */
  readonly mixturePValue: number | null;
}

/** Level at which windows on the way are no mixtures. */
const MIXTURE_ALPHA = 0.01;

/**
 * The time pattern of one thing, or of several together (`leadingAxis`), over at least 12 windows.
 *
 * Sudden: a step, also one that went back or that comes on top of what repeats. Gradual: a ramp whose windows are
 * mixtures of the first and the last state; incremental: any other ramp (`mixtureMisfit`; of a single figure that
 * cannot be told, and a ramp is incremental). Recurring: something that repeats at least twice, and nothing else.
 * None: no shape. Null with fewer than 12 windows of which all tracks know something.
 *
 * @example timePattern([...Array(12).keys()], [{ kind: 'figures', values: [1, 1, 1, 1, 1, 1, 9, 9, 9, 9, 9, 9], standardErrors: Array(12).fill(0.5) }]).pattern // 'sudden'
 */
export function timePattern(positions: readonly number[], tracks: readonly Track[]): PatternOverTime | null {
  const course = leadingAxis(positions, tracks);
  const chosen = chooseShape(course);
  if (chosen === null) return null;
  const { shape, change, end, period, confidence, windows } = chosen;
  const mixed = shape === 'ramp' ? mixedOnTheWay(positions, tracks, chosen) : null;
  return {
    pattern: patternOf(shape, mixed),
    change,
    end,
    wentBack: shape === 'episode',
    period,
    confidence,
    windows,
    mixturePValue: mixed,
  };
}

function patternOf(shape: ChosenShape['shape'], mixed: number | null): Pattern {
  switch (shape) {
    case 'constant':
      return 'none';
    case 'step':
    case 'episode':
      return 'sudden';
    case 'periodic':
      return 'recurring';
    case 'ramp':
      return mixed === null || mixed < MIXTURE_ALPHA ? 'incremental' : 'gradual';
  }
}

/** Null where only figures are known: what they are made of cannot be seen. Two cells are always a mixture. */
function mixedOnTheWay(
  positions: readonly number[],
  tracks: readonly Track[],
  { change, end }: ChosenShape,
): number | null {
  const counted = tracks.filter((track) => track.kind === 'counts');
  if (counted.length === 0 || change === null || end === null) return null;
  const known = [...positions.keys()].filter((at) => tracks.every((track) => isPresent(track, at)));
  const first = Math.min(...known.map((at) => positions[at] ?? 0));
  const middles = known.map((at) => (positions[at] ?? 0) - first + 0.5);
  const misfits = counted.map(({ counts }) =>
    mixtureMisfit(
      middles,
      known.map((at) => counts[at] ?? []),
      change.at,
      end,
    ),
  );
  return mixturePValue(misfits.filter((misfit) => misfit !== null));
}
