import { keptWith } from '../../../core/memory/remember.ts';
import { pause } from '../../../core/memory/pauses.ts';
import { rowsInTime } from '../../../stats/habits/column-habits.ts';
import { isPassing } from '../../samples/common-support.ts';
import { timesSpanOf } from '../../samples/stretches.ts';
import { selectCells } from '../../samples/row-samples.ts';
import type { ColumnCells, LevelPair, RowSamples } from '../../samples/row-samples.ts';
import type { Suspicion } from '../suspicion.ts';
import { categoryRename } from './category-rename.ts';
import { companyAmong } from './company.ts';
import { exchangedLevels } from './levels-exchanged.ts';
import { lookLikeOthers } from './permuted-levels.ts';

/** Moments of the reference's second half that are looked at, evenly over it, and rows of a stretch that shows something. */
const PLACES = 24;
const MIN_ROWS = 50;
/** Of the reference: of windows as long as a half of it stretches of an eighth are asked. */
const MIN_LENGTHS = 8;
/** Told by what goes with a level, of which a visit, a berth or a shift decides more than its name. */
const BY_COMPANY: ReadonlySet<string> = new Set(['category_rename', 'levels_exchanged']);

/**
 * Without claims of levels that became others where the reference did so by itself: ships that lie where the one before them lay look like that one renamed, crews
 * that change cranes like a list that was sorted anew. The same rules are asked of stretches of the reference as long as the window (an eighth of it at most), each beside all that came before
 * it; where any of them claims the same of the column, it is no fault, nor is it of levels that come and are gone. Asked only of what was claimed, of a reference once: up to 24 times what the rules cost.
 */
export function withoutPrecedent(
  found: readonly Suspicion[],
  samples: RowSamples,
  columns: readonly ColumnCells[],
): Suspicion[] {
  const length = timesSpanOf(samples.currentMs)?.length ?? 0;
  const past = timesSpanOf(samples.referenceMs)?.length ?? 0;
  if (length === 0 || past === 0) return [...found];
  return found.filter(({ finding: { fault, feature }, otherwise, isSpelling }) => {
    if (!BY_COMPANY.has(fault) || otherwise !== undefined || isSpelling === true) return true;
    const pair = columns.find(({ name }) => name === feature);
    if (pair?.kind !== 'levels') return true;
    const known = keptOf(pair.reference);
    const key = `${fault} ${Math.round(Math.log2(length))}`;
    const had =
      known.get(key) ??
      (isPassing(pair.reference, samples.referenceMs!) ||
        hadInReference(fault, pair, { samples, columns, length: Math.min(length, past / MIN_LENGTHS) }));
    known.set(key, had);
    return !had;
  });
}

/** Of a column of a reference: by fault and about how long the window is. */
const keptOf = keptWith((_reference: Int32Array): Map<string, boolean> => new Map());

interface Asked {
  readonly samples: RowSamples;
  readonly columns: readonly ColumnCells[];
  readonly length: number;
}

function hadInReference(fault: string, { name }: LevelPair, { samples, columns, length }: Asked): boolean {
  const times = samples.referenceMs!;
  const order = rowsInTime(times);
  const { from, length: whole } = timesSpanOf(times)!;
  for (let place = 0; place < PLACES; place++) {
    const begins = from + whole / 2 + ((whole / 2 - length) * place) / (PLACES - 1);
    const before = order.filter((row) => times[row]! < begins);
    const rows = order.filter((row) => times[row]! >= begins && times[row]! < begins + length);
    if (Math.min(before.length, rows.length) < MIN_ROWS) continue;
    pause();
    if (showsIt(fault, name, beside(samples, columns, before, rows))) return true;
  }
  return false;
}

/** Rows of the reference, as if those before them were all that was known. */
function beside(
  samples: RowSamples,
  columns: readonly ColumnCells[],
  before: Int32Array,
  rows: Int32Array,
): RowSamples {
  const features = columns.map((pair): ColumnCells =>
    pair.kind === 'numeric'
      ? {
          ...pair,
          reference: selectCells(pair.reference, before),
          current: selectCells(pair.reference, rows),
        }
      : {
          ...pair,
          reference: selectCells(pair.reference, before),
          current: selectCells(pair.reference, rows),
        },
  );
  const times = samples.referenceMs!;
  return {
    ...samples,
    features,
    rows: { reference: before.length, current: rows.length },
    referenceMs: selectCells(times, before),
    currentMs: selectCells(times, rows),
  };
}

function showsIt(fault: string, name: string, samples: RowSamples): boolean {
  const pair = samples.features.find((each) => each.name === name);
  if (pair?.kind !== 'levels') return false;
  const company = companyAmong(samples.features);
  const inTime = rowsInTime(samples.currentMs);
  if (fault === 'category_rename') {
    const facts = {
      isText: true,
      habits: samples.habits.get(name),
      inTime,
      features: samples.features.length,
    };
    const found = categoryRename(pair, { ...facts, company: () => company(pair) });
    return found !== null && found.otherwise === undefined;
  }
  const own = company(pair);
  if (own !== null && lookLikeOthers(pair, own)) return true;
  const found = exchangedLevels(samples.features, company, { ...samples, inTime });
  return found.some(({ finding, otherwise }) => finding.feature === name && otherwise === undefined);
}
