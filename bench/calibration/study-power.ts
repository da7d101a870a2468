import { buildReference } from '../../src/stats/table/table-reference.ts';
import { profileTable } from '../../src/stats/table/table-profile.ts';
import { measureProfile } from '../../src/compare/measures/measure-profile.ts';
import { judgeFeatures } from '../../src/compare/compared-window.ts';
import type { Measures } from '../../src/compare/measures/measures.ts';
import { DEFAULT_COMPARE_OPTIONS } from '../../src/compare/options.ts';
import type { ReferenceProfile } from '../../src/stats/profile/feature-reference.ts';
import type { Random } from '../../src/stats/random.ts';
import { CHANGES } from './changes.ts';
import type { Change } from './changes.ts';
import { streamOf } from './draws.ts';
import { drawColumn } from './populations.ts';
import { drawTable, EMPTY_TABLE, STUDIED_TASK } from './studied-table.ts';
import { Tallies } from './tally.ts';
import { seedOf } from './unit.ts';
import type { Unit } from './unit.ts';

/** Windows in which one feature of fifty moved. The other forty-nine are counted once and judged with each change. */
export function studyPower(unit: Unit): Tallies {
  const reference = buildReference(drawTable(unit.referenceRows, streamOf(...seedOf(unit))), STUDIED_TASK);
  const tallies = new Tallies();
  for (let window = 0; window < unit.windows; window++) {
    const random = streamOf(...seedOf(unit), unit.windowRows, window);
    const { input } = profileTable(drawTable(unit.windowRows, random), reference);
    const unmoved = input.features.map(measureProfile);
    for (const change of CHANGES) {
      const measures = [...unmoved];
      measures[change.feature] = measureChanged(change, unit.windowRows, reference, random);
      const judged = judgeFeatures(measures, DEFAULT_COMPARE_OPTIONS);
      tallies.add(change.name, judged[change.feature]?.drifted === true ? 1 : 0, 1);
    }
  }
  return tallies;
}

function measureChanged(change: Change, rows: number, reference: ReferenceProfile, random: Random): Measures {
  const known = reference.features[change.feature];
  if (known === undefined) throw new Error(`the reference has no feature ${change.feature}`);
  const alone: ReferenceProfile = {
    ...reference,
    features: [known],
    prediction: null,
    score: null,
    label: null,
  };
  const table = { ...EMPTY_TABLE, rows, features: [drawColumn(change.population, rows, random)] };
  const [profile] = profileTable(table, alone).input.features;
  if (profile === undefined) throw new Error('a table of one feature has one profile');
  return measureProfile(profile);
}
