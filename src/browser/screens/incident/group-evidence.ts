import type { FeatureComparison } from '../../../core/findings.ts';
import type { Breach } from '../../../core/operational.ts';
import type { Investigation } from '../../../store/rows/investigations.ts';

type Line = Investigation['evidence'][number];

/** `share of class 1 49.9 % → 50.6 %`, in figures. */
export interface SaidChange {
  readonly of: string;
  readonly before: number;
  readonly now: number;
  readonly isShare: boolean;
}

/** Lines that one picture shows. */
export type EvidenceGroup =
  | { readonly of: 'feature'; readonly feature: FeatureComparison; readonly lines: readonly Line[] }
  | { readonly of: 'metric'; readonly metric: string; readonly lines: readonly Line[] }
  | { readonly of: 'column'; readonly name: string; readonly lines: readonly Line[] }
  | { readonly of: 'change'; readonly change: SaidChange; readonly lines: readonly Line[] }
  | { readonly of: 'breach'; readonly breach: Breach; readonly lines: readonly Line[] }
  | { readonly of: 'nothing'; readonly lines: readonly Line[] };

/** Evidence by what is to be seen of it: features that moved, named in a line or not, then figures, then what has no picture. */
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
    const change = saidChange(line.says);
    const column = MOVED.exec(line.says)?.[1] ?? ALONG.exec(line.says)?.[1];
    if (feature !== undefined) {
      add(`feature ${feature.name}`, (lines) => ({ of: 'feature', feature, lines }), line);
    } else if (metric !== undefined && metrics[metric] !== undefined) {
      add(`metric ${metric}`, (lines) => ({ of: 'metric', metric, lines }), line);
    } else if (column !== undefined) {
      add(`column ${column}`, (lines) => ({ of: 'column', name: column, lines }), line);
    } else if (change !== null) {
      add(`change ${line.says}`, (lines) => ({ of: 'change', change, lines }), line);
    } else {
      add('nothing', (lines) => ({ of: 'nothing', lines }), line);
    }
  }
  for (const feature of features) {
    if (groups.has(`feature ${feature.name}`)) continue;
    add(`feature ${feature.name}`, (lines) => ({ of: 'feature', feature, lines }), ownLine(feature));
  }
  const all = [...groups.values()].map(({ group }) => group);
  return all.toSorted((a, b) => rankOf(a) - rankOf(b));
}

const rankOf = ({ of }: EvidenceGroup): number => (of === 'feature' ? 0 : of === 'nothing' ? 2 : 1);

/** Scores, predictions and features that moved less than those that are counted over all windows. */
const MOVED = /^(.+) moved$/;
const ALONG = /(?:most clearly along|most of all) (.+)$/;

const CHANGE = /^(.+?)[ (](-?[\d.]+)( %)? → (-?[\d.]+)( %)?/;

function saidChange(says: string): SaidChange | null {
  const [, of, before, isShare, now] = CHANGE.exec(says) ?? [];
  if (of === undefined || before === undefined || now === undefined) return null;
  const unit = isShare === undefined ? 1 : 100;
  return { of: of.trim(), before: Number(before) / unit, now: Number(now) / unit, isShare: unit === 100 };
}

/** Of a feature that is in no line. */
function ownLine({ name, faults, metrics: { psi }, p_value: p }: FeatureComparison): Line {
  return {
    says: faults.length === 0 ? `${name} moved` : name,
    about: { subject: 'feature', name },
    statistic: 'psi',
    value: psi ?? null,
    p_value: p,
  };
}

function ofBreach(breach: Breach): EvidenceGroup {
  const { claim, metric, p_value: p } = breach;
  const line = {
    says: claim,
    about: { subject: 'operation', name: metric },
    statistic: metric,
    value: null,
    p_value: p,
  } as const;
  return { of: 'breach', breach, lines: [line] };
}
