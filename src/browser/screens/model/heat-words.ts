import type { ModelHeatmap } from '../../../store/rows/model-screen.ts';
import { displayText } from '../../../words/display-text.ts';
import { plural } from '../../../words/page-format.ts';
import { minuteText } from '../../address/clock-text.ts';

const STATES: Readonly<Record<string, string>> = {
  o: 'as in training',
  d: 'moved',
  a: 'alarm',
  f: 'data fault',
  b: 'data fault and alarm',
  i: 'too few rows',
  '.': 'no data',
};

export function stateWords(state: string): string {
  return STATES[state] ?? state;
}

/** A cell as it is read out. */
export function cellWords(
  { features, columns }: ModelHeatmap,
  { row, column }: { readonly row: number; readonly column: number },
  timeZone: string,
): string {
  const [feature, span] = [features[row], columns[column]];
  if (feature === undefined || span === undefined) return '';
  const effect = feature.effects[column] ?? null;
  const worst = span.windows > 1 ? `, the gravest of ${plural(span.windows, 'window')}` : '';
  const measured = effect === null ? '' : `, distance ${(effect / 1_000).toFixed(3)}`;
  return `${displayText(feature.name, 60)}, ${minuteText(span.start, timeZone)} to ${minuteText(span.end, timeZone)}: ${stateWords(feature.states[column] ?? '.')}${measured}${worst}`;
}
