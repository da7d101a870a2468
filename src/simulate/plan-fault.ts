import { brokenPipeline, WHOLE_ONLY } from './broken-pipeline.ts';
import type { Break, Spelling } from './broken-pipeline.ts';
import type { Draws } from './draws.ts';
import type { Family } from './family.ts';
import { movable, pick } from './plan.ts';
import type { Plan, ShiftRequest, SimulatedFault } from './plan.ts';
import { populationOf } from './population.ts';

const SENTINELS = [-999, -1, 9999, 0, 99_999];
const SPELLINGS: readonly Spelling[] = ['upper', 'dashes', 'numbers', 'prefix'];

/** Which column breaks, how, and in how many rows; what is left open is chosen by the draws. */
export function planFault(
  family: Family,
  request: ShiftRequest & { kind: SimulatedFault },
  draw: Draws,
): Plan {
  const fault = request.kind;
  const isWhole = WHOLE_ONLY.has(fault);
  if (isWhole && (request.share ?? 1) < 1) throw new Error(`${fault} concerns all rows or none`);
  const isPart = request.share === undefined ? !isWhole && draw.uniform() < 0.5 : request.share < 1;
  const inPart = isPart || (request.begins ?? 0) > 0;
  const broken = chosenBreak(family, request, inPart, draw);
  const share = request.share ?? shareOf(fault, isPart, draw);
  const features = featuresOf(broken);
  const rows = share === 1 ? 'all rows' : `${Math.round(100 * share)} % of the rows`;
  const since =
    request.begins === undefined ? '' : `, from ${Math.round(100 * request.begins)} % of the window on`;
  return {
    share,
    features,
    change: {
      pipeline: brokenPipeline(family, broken, share),
      ...(request.begins !== undefined && { breaksAt: request.begins }),
    },
    description: `${fault.replaceAll('_', ' ')} of ${features.join(' and ')} (${detailOf(broken)}) in ${rows}${since}`,
  };
}

/** All rows of a column can be filled, lost or spoilt; then it is another fault, so some are left. */
function shareOf(fault: SimulatedFault, isPart: boolean, draw: Draws): number {
  if (fault === 'out_of_range') return 0.04 + 0.16 * draw.uniform();
  if (fault === 'sentinel_fill') return 0.06 + 0.34 * draw.uniform();
  if (fault === 'missing_spike' || fault === 'type_change') return isPart ? 0.06 + 0.34 * draw.uniform() : 1;
  return isPart ? 0.1 + 0.5 * draw.uniform() : 1;
}

function chosenBreak(
  family: Family,
  { kind: fault, feature }: ShiftRequest & { kind: SimulatedFault },
  inPart: boolean,
  draw: Draws,
): Break {
  const levels = [...populationOf(family).levels.keys()];
  const numbers = movable(family);
  switch (fault) {
    case 'unit_change': {
      const possible = family.units.filter(
        (unit) => (!inPart || unit.isApart) && (feature === undefined || unit.feature === feature),
      );
      return { fault, unit: pick(draw, possible) };
    }
    case 'missing_spike':
      return { fault, feature: feature ?? pick(draw, [...numbers, ...levels]) };
    case 'type_change':
    case 'out_of_range':
      return { fault, feature: feature ?? pick(draw, numbers) };
    case 'sign_flip':
      return { fault, feature: feature ?? pick(draw, family.flips) };
    case 'constant_value':
      return constant(family, feature ?? pick(draw, [...numbers, ...levels]), draw);
    case 'sentinel_fill': {
      const name = feature ?? pick(draw, [...numbers, ...levels]);
      const value = levels.includes(name) ? pick(draw, ['unknown', 'n/a', '-1']) : pick(draw, SENTINELS);
      return { fault, feature: name, value };
    }
    case 'category_rename': {
      // Of a part of the rows only another spelling can be told from new categories.
      const spellings = inPart ? SPELLINGS.filter((spelling) => spelling !== 'numbers') : SPELLINGS;
      return { fault, feature: feature ?? pick(draw, levels), spelling: pick(draw, spellings) };
    }
    case 'swapped_columns': {
      const possible = family.swaps.filter((pair) => feature === undefined || pair.includes(feature));
      return { fault, features: pick(draw, possible) };
    }
  }
}

/** Stuck at a value that it had before: the middle one, or a common level. */
function constant(family: Family, feature: string, draw: Draws): Break {
  const { numeric, levels } = populationOf(family);
  const known = levels.get(feature);
  if (known !== undefined) {
    return { fault: 'constant_value', feature, value: pick(draw, [...known.keys()]) };
  }
  const sorted = numeric.get(feature)?.sorted ?? new Float64Array();
  return { fault: 'constant_value', feature, value: sorted[sorted.length >> 1] ?? 0 };
}

function featuresOf(broken: Break): readonly string[] {
  if ('features' in broken) return broken.features;
  return [broken.fault === 'unit_change' ? broken.unit.feature : broken.feature];
}

function detailOf(broken: Break): string {
  switch (broken.fault) {
    case 'unit_change':
      return broken.unit.name;
    case 'constant_value':
    case 'sentinel_fill':
      return String(broken.value);
    case 'category_rename':
      return `spelled in ${broken.spelling}`;
    case 'swapped_columns':
      return 'exchanged';
    case 'sign_flip':
      return 'negated';
    case 'missing_spike':
      return 'empty';
    case 'type_change':
      return 'text';
    case 'out_of_range':
      return 'far off';
  }
}
