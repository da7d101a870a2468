import type { Fault } from '../core/faults.ts';
import { quantilePassed } from '../stats/quantiles.ts';
import type { Draws } from './draws.ts';
import { rounded } from './family.ts';
import type { Family, Fed, UnitMistake, Value } from './family.ts';
import { populationOf } from './population.ts';

/** Faults that are of a column as a whole; of the others a part of the rows may be enough. */
export const WHOLE_ONLY: ReadonlySet<Fault> = new Set(['constant_value', 'swapped_columns', 'sign_flip']);

/** How a rename spells levels. */
export type Spelling = 'upper' | 'dashes' | 'numbers' | 'prefix';

export type Break =
  | { readonly fault: 'unit_change'; readonly unit: UnitMistake }
  | {
      readonly fault: 'missing_spike' | 'type_change' | 'out_of_range' | 'sign_flip';
      readonly feature: string;
    }
  | { readonly fault: 'constant_value' | 'sentinel_fill'; readonly feature: string; readonly value: Value }
  | { readonly fault: 'category_rename'; readonly feature: string; readonly spelling: Spelling }
  | { readonly fault: 'swapped_columns'; readonly features: readonly [string, string] };

export type Pipeline = (row: Fed, draw: Draws) => Fed;

/** Rewrites this share of the rows. */
export function brokenPipeline(family: Family, broken: Break, share: number): Pipeline {
  const rewrite = rewriter(family, broken);
  return (row, draw) => (draw.uniform() < share ? rewrite(row, draw) : row);
}

function rewriter(family: Family, broken: Break): Pipeline {
  switch (broken.fault) {
    case 'unit_change':
      return onNumber(broken.unit.feature, broken.unit.apply);
    case 'sign_flip':
      return onNumber(broken.feature, (value) => -value);
    case 'missing_spike':
      return (row) => ({ ...row, [broken.feature]: null });
    case 'constant_value':
    case 'sentinel_fill':
      return (row) => ({ ...row, [broken.feature]: broken.value });
    case 'type_change':
      return (row) => ({ ...row, [broken.feature]: asText(row[broken.feature] ?? null) });
    case 'out_of_range':
      return garbage(family, broken.feature);
    case 'category_rename':
      return renamed(family, broken.feature, broken.spelling);
    case 'swapped_columns': {
      const [a, b] = broken.features;
      return (row) => ({ ...row, [a]: row[b] ?? null, [b]: row[a] ?? null });
    }
  }
}

function onNumber(feature: string, apply: (value: number) => number): Pipeline {
  return (row) => {
    const value = row[feature];
    return typeof value === 'number' ? { ...row, [feature]: rounded(apply(value), 6) } : row;
  };
}

/** A comma where a point should be, and a unit behind it. */
function asText(value: Value): Value {
  return typeof value === 'number' ? `${String(value).replace('.', ',')} units` : value;
}

/** Far from everything, and by no conversion: five to sixty widths above or below. */
function garbage(family: Family, feature: string): Pipeline {
  const shape = populationOf(family).numeric.get(feature);
  if (shape === undefined) throw new Error(`${feature} is no number of ${family.name}`);
  const low = quantilePassed(shape.sorted, 0);
  const width = quantilePassed(shape.sorted, 1) - low;
  return (row, draw) => {
    const way = draw.uniform() < 0.5 ? -1 : 1;
    return { ...row, [feature]: rounded(low + way * width * (5 + 55 * draw.uniform()), 2) };
  };
}

function renamed(family: Family, feature: string, spelling: Spelling): Pipeline {
  const known = [...(populationOf(family).levels.get(feature)?.keys() ?? [])].sort();
  const spelled: Record<Spelling, (level: string) => string> = {
    upper: (level) => (level === level.toUpperCase() ? level.toLowerCase() : level.toUpperCase()),
    dashes: (level) => (level.includes(' ') ? level.replaceAll(' ', '-') : ` ${level}`),
    numbers: (level) => String(100 + known.indexOf(level)),
    prefix: (level) => `${feature}_${level}`,
  };
  return (row) => ({ ...row, [feature]: spelled[spelling](String(row[feature])) });
}
