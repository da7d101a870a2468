import type { ComparedWindow } from '../compare/compared-window.ts';
import { keptWith } from '../core/memory/remember.ts';
import type { FeatureComparison } from '../core/findings.ts';
import type { FeatureSettings } from '../core/columns/feature-settings.ts';
import type { CategoricalColumn, Column, Table } from '../core/table.ts';
import { marginalTest } from '../diagnose/marginal-test.ts';
import { besideConditionalSpread } from '../diagnose/relation/conditional-spread.ts';
import type { LevelPair } from '../diagnose/samples/row-samples.ts';
import { stretchesOfLength, timesSpanOf } from '../diagnose/samples/stretches.ts';
import { areBrief, levelsThatStay } from '../stats/habits/brief-levels.ts';
import { rowsInTime } from '../stats/habits/column-habits.ts';
import { codesOf } from './cells-in-time.ts';
import { judgedAgain } from './own-stretches.ts';

/** What the reference shows of columns whose levels come and are gone: episodes, lots, campaigns. */
export interface LevelsThatGo {
  /** Columns of which all do. */
  readonly brief: ReadonlySet<string>;
  /** The levels that stay, of columns of which a part does. */
  readonly staying: ReadonlyMap<string, ReadonlySet<string>>;
}

export const NONE_GO: LevelsThatGo = { brief: new Set(), staying: new Map() };

const isCategorical = (column: Column): column is CategoricalColumn => column.kind === 'categorical';

/**
 * Levels that come and are gone in the reference, in order of its times. After its end there are others, the more of them the later, and how
 * many rows have which says nothing: none of its own windows shows that, since it has the names of all of them. None where it has no times. O(columns · rows), once a reference.
 */
export const levelsThatGo = keptWith((reference: Table): LevelsThatGo => {
  const inTime = rowsInTime(reference.timestampMs);
  const brief = new Set<string>();
  const staying = new Map<string, ReadonlySet<string>>();
  for (const column of inTime.length === 0 ? [] : reference.features.filter(isCategorical)) {
    const codes = codesOf(column, inTime);
    if (areBrief(codes)) {
      brief.add(column.name);
      continue;
    }
    const stay = levelsThatStay(codes);
    if (stay !== null) staying.set(column.name, new Set([...stay].map((code) => column.levels[code]!)));
  }
  return { brief, staying };
});

/** The same window, in which levels that come and are gone moved nothing; of columns in which others stay, the rows of these tell. */
export function withoutLevelsThatGo(
  compared: ComparedWindow,
  { brief, staying }: LevelsThatGo,
  { reference, current }: { readonly reference: Table | null; readonly current: Table | null },
  settings: FeatureSettings,
): ComparedWindow {
  const features = compared.features.map((feature): FeatureComparison => {
    const stay = staying.get(feature.name);
    const isBrief = brief.has(feature.name);
    if (!feature.drifted || feature.p_value === null || (!isBrief && stay === undefined)) return feature;
    const known = feature.overdispersion ?? {
      windows: 1,
      factor: 1,
      independent_p_value: feature.p_value,
      measured_rate: 0,
    };
    if (stay === undefined) return { ...feature, p_value: 1, overdispersion: known };
    if (reference === null || current === null) return feature;
    // What stayed till now is gone some day, too: of these alone others would be told.
    const p = Math.max(feature.p_value, amongStaying(stay, feature.name, reference, current));
    return { ...feature, p_value: p, overdispersion: known };
  });
  return { ...compared, features: judgedAgain(compared.features, features, { features: settings }) };
}

/** The p-value of the levels that stay, and of all others together as one, beside how far stretches of the reference as long as the window are apart. */
function amongStaying(stay: ReadonlySet<string>, name: string, reference: Table, current: Table): number {
  const levels = ['', ...stay];
  const codeOf = new Map([...stay].map((level, at) => [level, at + 1]));
  const codesIn = ({ features }: Table): Int32Array => {
    const column = features.filter(isCategorical).find((each) => each.name === name);
    const codes = column?.levels.map((level) => codeOf.get(level) ?? 0) ?? [];
    return column?.codes.map((code) => codes[code] ?? -1) ?? new Int32Array();
  };
  const pair: LevelPair = {
    kind: 'levels',
    name,
    levels,
    reference: codesIn(reference),
    current: codesIn(current),
  };
  const { p } = marginalTest(pair);
  const [all, window] = [timesSpanOf(reference.timestampMs), timesSpanOf(current.timestampMs)];
  if (reference.timestampMs === null || all === null || window === null || !(window.length > 0)) return p;
  const { of, count } = stretchesOfLength(reference.timestampMs, all, window.length);
  return besideConditionalSpread(pair, p, { stretch: of, stretches: { count }, currentRows: current.rows });
}
