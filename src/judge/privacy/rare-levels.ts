/**
 * Levels that too few rows have are named nowhere (`min_count`). They are counted, tested and diagnosed as all others; only what is
 * told of them loses their names, here and nowhere else: sentences where a window is concluded, cells where its comparison leaves.
 * Classes of predictions and labels are the model's own words, and stay.
 */
import { namesOfCell } from '../../compare/measures/name-ranges.ts';
import { type CountsWithNames, RARE_OR_NEW } from '../../compare/measures/measures.ts';
import type { ComparedWindow } from '../../compare/compared-window.ts';
import type { BinnedCounts } from '../../core/columns/figures.ts';
import type { Diagnosis, FeatureComparison, FileComparison } from '../../core/findings.ts';
import { literal } from '../../core/literal.ts';
import { RARE } from '../../core/privacy/rare.ts';
import type { Table } from '../../core/table.ts';

/** The diagnosis without the name of any level that the counts of its feature do not allow (`named`). */
export function withoutRareNames(
  diagnosis: Diagnosis,
  features: readonly FeatureComparison[],
  tables: readonly (Table | null)[],
): Diagnosis {
  const all = JSON.stringify(diagnosis);
  const isSaid = (level: string): boolean => level !== '' && all.includes(JSON.stringify(level).slice(1, -1));
  const rare = new Map(
    features.flatMap(({ name, counts }): [string, string[]][] => {
      const named = namedOf(counts);
      if (counts === undefined || named === undefined) return [];
      const known = new Set(named);
      const cells = counts.bins.flatMap((bin) => (typeof bin === 'string' ? namesOfCell(bin) : []));
      const levels = new Set([...cells, ...tables.flatMap((table) => levelsOf(table, name))]);
      const names = [...levels].filter(
        (level) => level !== RARE_OR_NEW && !known.has(level) && isSaid(level),
      );
      // Longer ones first: one may be a part of another.
      return names.length === 0 ? [] : [[name, names.sort((a, b) => b.length - a.length)]];
    }),
  );
  return rare.size === 0 ? diagnosis : (hidden(diagnosis, rare) as Diagnosis);
}

function levelsOf(table: Table | null, name: string): readonly string[] {
  const column = table?.features.find((each) => each.name === name);
  return column === undefined || column.kind === 'numeric' ? [] : column.levels;
}

type RareNames = ReadonlyMap<string, readonly string[]>;

/** Every sentence within, and `level` of a stratum, which is one by itself. */
function hidden(said: unknown, rare: RareNames): unknown {
  // A word alone is one of ours: a kind, a reason, a figure.
  if (typeof said === 'string') return said.includes(' ') ? sentence(said, rare) : said;
  if (Array.isArray(said)) return said.map((each: unknown) => hidden(each, rare));
  if (typeof said !== 'object' || said === null) return said;
  const { feature, level } = said as { readonly feature?: unknown; readonly level?: unknown };
  return Object.fromEntries(
    Object.entries(said).map(([key, value]: [string, unknown]) => {
      const isLevel = key === 'level' && typeof feature === 'string';
      if (isLevel) return [key, rare.get(feature)?.includes(level as string) === true ? RARE : value];
      return [key, key === 'feature' || key === 'name' ? value : hidden(value, rare)];
    }),
  );
}

/** What may stand before and behind a level that stands without quotes. */
const BEGINS = String.raw`(?<![\p{L}\p{N}_])`;
const ENDS = String.raw`(?![\p{L}\p{N}_])`;
/** A word of sentences as well; it is one of a level's names only where a level is said. */
const ORDINARY = /^(?:[a-z]+|\P{L}*|.{0,2})$/u;
/** Behind these, and behind the name of its column, a level is said. */
const SAID_BEHIND = ['no row has ', 'rows in a row have ', 'every value is ', ' is always '];

/** Sentences quote levels, or have them behind the name of their column, alone or listed; what is no ordinary word has no name anywhere. */
function sentence(said: string, rare: RareNames): string {
  let text = said;
  for (const [column, names] of rare) {
    for (const name of names) {
      if (!text.includes(name)) continue;
      const bare = BEGINS + literal(name) + ENDS;
      text = text.replaceAll(`"${name}"`, RARE);
      if (!ORDINARY.test(name) && !rare.has(name)) text = text.replaceAll(new RegExp(bare, 'gu'), RARE);
      const behind = [`${column} `, `${column} is `, ...SAID_BEHIND].map(literal).join('|');
      const listed = String.raw`(?:rows of ${literal(column)} |${literal(column)} is )(?:[^:(]|\(rare\))*(?:, | and )`;
      text = text.replaceAll(new RegExp(`(?<=${behind}|${listed})${bare}`, 'gu'), RARE);
    }
  }
  return text;
}

/** The same of a comparison of files and of its segments. */
export function allWithoutRareLevels({ segments, ...comparison }: FileComparison): FileComparison {
  return {
    ...withoutRareLevels(comparison),
    ...(segments !== undefined && { segments: segments.map(withoutRareLevels) }),
  };
}

/** What was compared, with all rare levels of a feature as one; nothing else of it is other than it was. */
export function withoutRareLevels<C extends ComparedWindow>(compared: C): C {
  return {
    ...compared,
    features: compared.features.map(withOneRare),
    prediction: compared.prediction && withAllNamed(compared.prediction),
    label: compared.label && withAllNamed(compared.label),
  };
}

const namedOf = (counts: CountsWithNames | undefined): CountsWithNames['named'] => counts?.named;

function withAllNamed(column: FeatureComparison): FeatureComparison {
  if (column.counts === undefined) return column;
  const { named: _, ...counts }: CountsWithNames = column.counts;
  return { ...column, counts };
}

export function withOneRare(feature: FeatureComparison): FeatureComparison {
  if (feature.counts === undefined) return feature;
  return { ...feature, counts: rareAsOne(feature.counts) };
}

/** Cells of levels that may not be named are one. */
export function rareAsOne({ named, ...counts }: CountsWithNames): BinnedCounts {
  if (named === undefined) return counts;
  const known = new Set([...named, RARE_OR_NEW]);
  const isRare = (bin: BinnedCounts['bins'][number]): boolean =>
    typeof bin === 'string' && namesOfCell(bin).some((name) => !known.has(name));
  return merged(counts, isRare);
}

function merged(counts: BinnedCounts, isRare: (bin: BinnedCounts['bins'][number]) => boolean): BinnedCounts {
  const rare = counts.bins.map(isRare);
  if (!rare.includes(true)) return counts;
  const together = (of: readonly number[]): number[] => [
    ...of.filter((_, at) => !rare[at]),
    of.reduce((sum, rows, at) => (rare[at] === true ? sum + rows : sum), 0),
  ];
  return {
    bins: [...counts.bins.filter((_, at) => !rare[at]), RARE],
    reference: together(counts.reference),
    current: together(counts.current),
    ...(counts.usual !== undefined && { usual: together(counts.usual) }),
  };
}
