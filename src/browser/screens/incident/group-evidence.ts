import type { FeatureComparison } from '../../../core/findings.ts';
import type { Breach } from '../../../core/operational.ts';
import type { Investigation } from '../../../store/rows/investigations.ts';

type Line = Investigation['evidence'][number];

/** Lines that one picture shows. */
export type EvidenceGroup =
  | { readonly of: 'feature'; readonly feature: FeatureComparison; readonly lines: readonly Line[] }
  | { readonly of: 'metric'; readonly metric: string; readonly lines: readonly Line[] }
  | { readonly of: 'breach'; readonly breach: Breach; readonly lines: readonly Line[] }
  | { readonly of: 'nothing'; readonly lines: readonly Line[] };

/**
 * Evidence by what is to be seen of it, in the order it was given; what nothing is to be seen of comes last. Features that moved and
 * are in no line come after those that are.
 */
export function groupEvidence({ evidence, features, verdict, alert }: Investigation): EvidenceGroup[] {
  if (alert.cause === 'operational') return (verdict?.operational?.breaches ?? []).map(ofBreach);
  const groups = new Map<string, { group: EvidenceGroup; lines: Line[] }>();
  const add = (key: string, begin: (lines: Line[]) => EvidenceGroup, line?: Line): void => {
    const lines: Line[] = groups.get(key)?.lines ?? [];
    if (line !== undefined) lines.push(line);
    if (!groups.has(key)) groups.set(key, { group: begin(lines), lines });
  };
  const metrics = verdict?.performance?.metrics ?? {};
  const split = verdict?.diagnosis.performance_change?.metric;
  for (const line of evidence) {
    const { subject, name } = line.about;
    const feature = subject === 'feature' ? features.find((each) => each.name === name) : undefined;
    const metric = line.statistic === 'concept_part' ? split : line.statistic;
    if (feature !== undefined) {
      add(`feature ${feature.name}`, (lines) => ({ of: 'feature', feature, lines }), line);
    } else if (metric !== undefined && metrics[metric] !== undefined) {
      add(`metric ${metric}`, (lines) => ({ of: 'metric', metric, lines }), line);
    } else {
      add('nothing', (lines) => ({ of: 'nothing', lines }), line);
    }
  }
  for (const feature of features) {
    add(`feature ${feature.name}`, (lines) => ({ of: 'feature', feature, lines }));
  }
  const all = [...groups.values()].map(({ group }) => group);
  return [...all.filter(({ of }) => of !== 'nothing'), ...all.filter(({ of }) => of === 'nothing')];
}

function ofBreach(breach: Breach): EvidenceGroup {
  const { claim, metric, value, p_value: p } = breach;
  const line = { says: claim, about: { subject: 'operation', name: metric }, statistic: metric, value, p_value: p } as const;
  return { of: 'breach', breach, lines: [line] };
}
