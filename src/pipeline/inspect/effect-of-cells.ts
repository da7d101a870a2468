import { effectOf } from '../../compare/effect.ts';
import { largestGap } from '../../compare/feature-test.ts';
import { psi } from '../../stats/distances/psi.ts';
import type { MeasuredCells } from '../../store/read-models/screens/feature-windows.ts';

/** The effect of a column whose comparison is kept no longer, or is not read for this alone: from its cells. Null: none are kept. */
export function effectOfCells({
  kind,
  psi: measured,
  ks,
  overdispersion,
  cells,
}: MeasuredCells): number | null {
  if (cells === null || measured === null) return null;
  const { usual, current } = cells;
  return effectOf({
    counts: cells,
    metrics: { psi: measured, ...(ks !== null && { ks: { statistic: ks } }) },
    ...(usual !== undefined && {
      cycle: { psi: psi(usual, current), ...(kind === 'numeric' && { ks: largestGap(usual, current) }) },
    }),
    ...(overdispersion !== null && { overdispersion: { factor: overdispersion } }),
  });
}
