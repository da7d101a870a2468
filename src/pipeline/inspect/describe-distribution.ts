import { effectOf } from '../../compare/effect.ts';
import { namedCounts } from '../../compare/assess.ts';
import { measureProfile } from '../../compare/measures/measure-profile.ts';
import { judgedPsi } from '../../core/columns/cycle-figures.ts';
import type { BinnedCounts } from '../../core/columns/figures.ts';
import type { FeatureComparison } from '../../core/findings.ts';
import { RARE } from '../../core/privacy/rare.ts';
import { rareAsOne } from '../../judge/privacy/rare-levels.ts';
import { psi, psiParts } from '../../stats/distances/psi.ts';
import type { FeatureProfile } from '../../stats/profile/feature-profile.ts';
import type { MeasuredCells } from '../../store/read-models/screens/feature-windows.ts';
import type { FeatureDistribution } from '../../store/rows/feature-screen.ts';
import { binName } from '../../words/bin-name.ts';
import { effectOfCells } from './effect-of-cells.ts';
import { namedCells } from './shown-levels.ts';

type Described = Pick<
  FeatureDistribution,
  'kind' | 'from' | 'comparison' | 'effect' | 'against' | 'psi' | 'bins'
>;

/**
 * Shares by bin and what each adds to PSI, from the best that is there: what the verdict stands on, its cells, or counts of a
 * window that is not judged. Null: nothing is.
 */
export function describeDistribution(
  {
    comparison,
    measured,
    counted,
  }: {
    readonly comparison: FeatureComparison | null;
    readonly measured: MeasuredCells | null;
    readonly counted: FeatureProfile | null;
  },
  minCount: number | undefined,
): Described | null {
  if (comparison?.counts !== undefined) {
    const { kind, counts, cycle } = comparison;
    const against = cycle !== undefined && counts.usual !== undefined ? 'same_hours' : 'training';
    const total = judgedPsi(comparison);
    const bins = binsOf(counts, against === 'same_hours' ? counts.usual : counts.reference, total);
    return { kind, from: 'comparison', comparison, effect: effectOf(comparison), against, psi: total, bins };
  }
  if (measured?.cells != null) {
    const kind = measured.kind as Described['kind'];
    const cells = namedCells(measured.cells, kind === 'categorical', minCount);
    const bins = binsOf(cells, cells.reference, measured.psi);
    return {
      kind,
      from: 'cells',
      comparison,
      effect: effectOfCells(measured),
      against: 'training',
      psi: measured.psi,
      bins,
    };
  }
  if (counted === null) return null;
  const measures = measureProfile(counted);
  const counts = rareAsOne(namedCounts(measures, { ...(minCount !== undefined && { minCount }) }));
  const total = psi(measures.counts.reference, measures.counts.current);
  return {
    kind: counted.kind,
    from: 'counts',
    comparison: null,
    effect: effectOf({ counts: measures.counts, metrics: { ...measures.metrics, psi: total } }),
    against: 'training',
    psi: total,
    bins: binsOf(counts, counts.reference, total),
  };
}

/** Where cells were put together so that they are not named, the one they are in adds what all of them did. */
function binsOf(
  counts: BinnedCounts,
  reference: readonly number[] = counts.reference,
  total: number | null,
): FeatureDistribution['bins'] {
  const parts = psiParts(reference, counts.current);
  const rare = counts.bins.indexOf(RARE);
  const left = (total ?? 0) - parts.reduce((sum, part) => sum + part, 0);
  const sumOf = (rows: readonly number[]): number => rows.reduce((sum, count) => sum + count, 0) || 1;
  const [n, m] = [sumOf(reference), sumOf(counts.current)];
  return counts.bins.map((bin, at) => {
    const [before, now] = [reference[at] ?? 0, counts.current[at] ?? 0];
    const low = counts.bins[at - 1];
    return {
      name: binName(counts.bins, at),
      low: typeof bin !== 'string' && typeof low === 'number' ? low : null,
      high: typeof bin === 'number' ? bin : null,
      reference: before,
      current: now,
      reference_share: before / n,
      current_share: now / m,
      psi: (parts[at] ?? 0) + (at === rare ? left : 0),
    };
  });
}
