import type { MeasuredFeature } from '../input.ts';
import type { ColumnCells, RowSamples } from '../samples/row-samples.ts';
import { keptCompany } from './company-of-run.ts';
import { columnThatExplains } from './explained-share.ts';
import { clean } from './found.ts';
import { missingAsOthers } from './levels/missing-as-others.ts';
import type { WindowOrder } from './stuck-run.ts';
import type { Suspicion } from './suspicion.ts';
import { gapsOf, missingSpike, typeChange } from './value-shares.ts';

/** What is missing, or cannot be read as what it was. */
export function unreadable(
  features: readonly MeasuredFeature[],
  samples: RowSamples | null,
  order: WindowOrder | null,
): (Suspicion | null)[] {
  const pairOf = new Map(samples?.features.map((pair) => [pair.name, pair]));
  return features.flatMap((feature) => {
    const gaps = gapsOf(pairOf.get(feature.name), order?.inTime ?? null);
    return [
      missingSpike(feature, samples?.habits.get(feature.name), features.length, gaps),
      typeChange(feature, features.length),
    ];
  });
}

/** Without what is missing because of whom the rows are of: as often as in such rows of the reference. */
export function unexplained(found: readonly Suspicion[], columns: readonly ColumnCells[]): Suspicion[] {
  const others = clean(columns, found);
  return found.flatMap((each) => {
    const pair = columns.find(({ name }) => name === each.finding.feature);
    if (each.finding.fault !== 'missing_spike' || pair === undefined) return [each];
    const isLost = (side: 'reference' | 'current') => (row: number) =>
      pair.kind === 'levels' ? pair[side][row]! < 0 : Number.isNaN(pair[side][row]!);
    const why = columnThatExplains({ reference: isLost('reference'), current: isLost('current') }, others);
    if (why === null) {
      const rarer = pair.kind === 'levels' ? missingAsOthers(pair) : null;
      return rarer === null
        ? [each]
        : [
            {
              ...each,
              otherwise: `${pair.name} ${rarer} became rarer, and the others lack a value as before`,
            },
          ];
    }
    const otherwise = `there are more rows in which it always is: ${why.column} says so`;
    const lost = Int32Array.from(pair.current.keys()).filter(isLost('current'));
    const isMissing = (cell: number): boolean => (pair.kind === 'levels' ? cell < 0 : Number.isNaN(cell));
    const witnesses = others.filter(({ name }) => name !== why.column);
    const isSure = !why.isTwofold || keptCompany(pair, isMissing, witnesses, lost) !== null;
    return isSure ? [] : [{ ...each, otherwise }];
  });
}
