import type { CategoricalProfile } from '../../stats/profile/categorical-profile.ts';
import { categoricalCells } from './categorical-cells.ts';
import type { Measures } from './measures.ts';

/** Counts say everything about levels: windows and files are measured alike. */
export function measureCategorical(profile: CategoricalProfile): Measures {
  const reference = profile.reference;
  const { shown, tested } = categoricalCells(profile);
  return {
    name: reference.name,
    kind: reference.kind,
    rows: { reference: reference.rows, current: profile.rows },
    missing: { reference: reference.missing, current: profile.missing },
    invalid: {
      reference: reference.invalid + reference.infinite,
      current: profile.invalid + profile.infinite,
    },
    newLevels: { reference: reference.otherCount, current: profile.newLevels.total },
    counts: shown,
    ...(tested === null ? {} : { tested }),
    // True and false are nobody's.
    ...(reference.kind === 'categorical' && { commonLevels: (fewest) => commonLevels(profile, fewest) }),
    metrics: {},
  };
}

function commonLevels({ reference, counts, newLevels }: CategoricalProfile, fewest: number): string[] {
  return [
    ...reference.levels.filter((_, i) => Math.max(reference.counts[i] ?? 0, counts[i] ?? 0) >= fewest),
    ...[...newLevels.entries()].flatMap(([level, rows]) => (rows >= fewest ? [level] : [])),
  ];
}
