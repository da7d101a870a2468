import { buildReference } from '../../src/stats/table/table-reference.ts';
import { profileTable } from '../../src/stats/table/table-profile.ts';
import { effectOf } from '../../src/compare/effect.ts';
import { compareProfiles } from '../../src/compare/compare-profiles.ts';
import type { ComparedWindow } from '../../src/compare/compared-window.ts';
import { DEFAULT_COMPARE_OPTIONS } from '../../src/compare/options.ts';
import type { FeatureComparison } from '../../src/core/findings.ts';
import { streamOf } from './draws.ts';
import { FEATURE_MIX } from './feature-mix.ts';
import { drawTable, STUDIED_TASK } from './studied-table.ts';
import { Tallies } from './tally.ts';
import { seedOf } from './unit.ts';
import type { Unit } from './unit.ts';

/** Windows drawn from what the reference was drawn from. */
export function studyNull(unit: Unit): Tallies {
  const reference = buildReference(drawTable(unit.referenceRows, streamOf(...seedOf(unit))), STUDIED_TASK);
  const tallies = new Tallies();
  for (let window = 0; window < unit.windows; window++) {
    const table = drawTable(unit.windowRows, streamOf(...seedOf(unit), unit.windowRows, window));
    const { input, labels } = profileTable(table, reference);
    tallyWindow(tallies, compareProfiles(reference, input, labels));
  }
  return tallies;
}

function tallyWindow(tallies: Tallies, compared: ComparedWindow): void {
  const count = (name: string, happened: boolean): void => tallies.add(name, happened ? 1 : 0, 1);
  const flagged = compared.features.some((feature) => feature.drifted);
  count('features', flagged);
  count('features, refusals judged', compared.features.some(rejectedAnyway));
  const outcomes = [compared.prediction, compared.score, compared.label];
  for (const [i, name] of ['prediction', 'score', 'label'].entries()) {
    count(name, outcomes[i]?.drifted === true);
  }
  count('anything', flagged || outcomes.some((outcome) => outcome?.drifted === true));
  for (const [i, feature] of compared.features.entries()) {
    const family = FEATURE_MIX[i]?.family ?? '';
    count(`refused: ${feature.reason}`, feature.status === 'insufficient');
    count('refused', feature.status === 'insufficient');
    count(`flagged: ${family}`, feature.drifted);
    count(`p ≤ 0.05: ${family}`, (feature.p_value ?? 1) <= 0.05);
    count(`p ≤ 1e-3: ${family}`, (feature.p_value ?? 1) <= 1e-3);
    count(`p ≤ 1e-5: ${family}`, (feature.p_value ?? 1) <= 1e-5);
  }
}

/** Would be flagged if too few rows were no reason to refuse: a low rate must not be bought by not looking. */
function rejectedAnyway(feature: FeatureComparison): boolean {
  const { floors, q } = DEFAULT_COMPARE_OPTIONS;
  return (feature.q_value ?? 1) <= q && (effectOf(feature) ?? 0) >= floors.info;
}
