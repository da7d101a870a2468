import { RARE } from '../../core/privacy/rare.ts';
import type { Task } from '../../core/model.ts';
import { groupOf, holdoutName, isJudged, WHOLE } from '../../window/part-names.ts';
import { newInputs, newLabels } from '../../window/part-profiles.ts';
import { segmentText } from '../../window/segments.ts';
import type { OpenBaseline } from '../windows/baseline-cache.ts';
import type { PartProfiles } from './fold-parts.ts';

type Parts = ReadonlyMap<string, PartProfiles>;

/**
 * The parts of a window as they are judged and told of: those segments of a feature that too few rows have, of the window and of the
 * baseline, are one. Groups of so few rows have no figures. What is stored of the window's counts is the parts themselves.
 */
export function withOneRareSegment(
  parts: Parts,
  baseline: OpenBaseline | null,
  { task, minCount }: { readonly task: Task; readonly minCount?: number },
): Parts {
  if (minCount === undefined) return parts;
  const isRare = (name: string, rows: number): boolean =>
    rows < minCount && rowsOfBaseline(name, baseline) < minCount;
  const told = new Map<string, PartProfiles>();
  for (const [name, profiles] of parts) {
    const group = groupOf(name);
    const { rows } = profiles.input;
    if (group !== null) {
      if (!isRare(group, rows)) told.set(name, profiles);
    } else if (isJudged(name) && name !== WHOLE && isRare(name, rows)) {
      const rare = `${name.slice(0, name.indexOf('='))}=${RARE}`;
      addTo(told, rare, profiles, baseline, task);
      const held = parts.get(holdoutName(name));
      if (held !== undefined) addTo(told, holdoutName(rare), held, baseline, task);
    } else told.set(name, profiles);
  }
  return told;
}

function addTo(
  told: Map<string, PartProfiles>,
  name: string,
  { input, labels }: PartProfiles,
  baseline: OpenBaseline | null,
  task: Task,
): void {
  const reference = baseline?.reference ?? null;
  const sum = told.get(name) ?? {
    input: newInputs(name, reference, task),
    labels: newLabels(name, reference, task),
  };
  sum.input.merge(input);
  sum.labels.merge(labels);
  told.set(name, sum);
}

/** Of a segment: counted where its feature is one of levels, else those of the rows that are kept. `other` is no value. */
function rowsOfBaseline(segment: string, baseline: OpenBaseline | null): number {
  const at = segment.indexOf('=');
  const [name, value] = [segment.slice(0, at), segment.slice(at + 1)];
  if (value === 'other') return Infinity;
  const feature = baseline?.reference.features.find((each) => each.name === name);
  // True and false are nobody's.
  if (feature?.kind === 'boolean') return Infinity;
  if (feature === undefined || feature.kind === 'numeric')
    return baseline?.ofSegment(segment)?.reference.rows ?? 0;
  return feature.levels.reduce(
    (rows, level, i) => (segmentText(level) === value ? rows + (feature.counts[i] ?? 0) : rows),
    0,
  );
}
