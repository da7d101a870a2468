import type { FeatureProfile } from '../../stats/profile/feature-profile.ts';
import {
  gridDistribution,
  type SharesBelow,
  thinnedDistribution,
} from '../../stats/profile/grids/weighted-values.ts';
import type { NumericProfile } from '../../stats/profile/numeric-profile.ts';
import { gridKs } from '../../stats/profile/grids/grid-ks.ts';
import type { MeasuredCells } from '../../store/read-models/screens/feature-windows.ts';
import type { FeatureCdf } from '../../store/rows/feature-screen.ts';
import { formatNumber, formatShare } from '../../words/format.ts';

type Described = Omit<FeatureCdf, 'window'>;

const MOST_POINTS = 200;
const MUCH_BEYOND = 0.01;

/** Both distribution functions and where they are furthest apart; from cells alone, at their edges. */
export function describeCdf(counted: FeatureProfile | null, measured: MeasuredCells | null): Described {
  if (counted?.kind === 'numeric' && counted.n > 0) {
    const all = gridDistribution(counted.reference, counted);
    const at = furthest(all);
    const { statistic } = gridKs(counted.reference, counted);
    const ks = at === null || counted.reference.n === 0 ? null : { statistic, ...at };
    return { from: 'counts', reason: beyondNote(counted), points: thinnedDistribution(all, MOST_POINTS), ks };
  }
  const isLevels =
    counted === null ? measured !== null && measured.kind !== 'numeric' : counted.kind !== 'numeric';
  if (isLevels) return nothing('Levels have no order, and so no distribution function');
  const cells = measured?.cells ?? null;
  if (cells === null) return nothing('Neither its counts nor its cells are kept any longer');
  const [reference, current] = [cumulated(cells.reference), cumulated(cells.current)];
  const points = cells.bins.flatMap((edge, i) =>
    typeof edge === 'number' ? { x: edge, reference: reference[i] ?? 0, current: current[i] ?? 0 } : [],
  );
  const told =
    measured?.ks == null ? '' : `; the Kolmogorov–Smirnov distance was ${formatNumber(measured.ks)} then`;
  return {
    from: 'cells',
    reason: `Counts of this window are kept no longer: drawn at the edges of its bins${told}`,
    points,
    ks: null,
  };
}

/** Beyond the values of training there is no grid: how many lie there is known, and their mean. */
function beyondNote({ between, n, reference }: NumericProfile): string | null {
  const beyond = (between[0] ?? 0) + (between[reference.grid.length] ?? 0);
  if (beyond < MUCH_BEYOND * n) return null;
  return `${formatShare(beyond / n)} of the rows lie beyond all values of training: only their mean is kept, and they are drawn there`;
}

function nothing(reason: string): Described {
  return { from: null, reason, points: [], ks: null };
}

function furthest(points: readonly SharesBelow[]): SharesBelow | null {
  const apart = ({ reference, current }: SharesBelow): number => Math.abs(reference - current);
  return points.reduce<SharesBelow | null>(
    (most, each) => (most === null || apart(each) > apart(most) ? each : most),
    null,
  );
}

function cumulated(counts: readonly number[]): number[] {
  const all = counts.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  return counts.map((count) => (seen += count) / (all || 1));
}
