import { buildReference } from '../../src/stats/table/table-reference.ts';
import { profileTable } from '../../src/stats/table/table-profile.ts';
import { compareProfiles } from '../../src/compare/compare-profiles.ts';
import type { Column, Table } from '../../src/core/table.ts';
import type { ReferenceProfile } from '../../src/stats/profile/feature-reference.ts';
import { PROMISED_CHANGE, CHANGES } from './changes.ts';
import { streamOf } from './draws.ts';
import { FEATURE_MIX } from './feature-mix.ts';
import { PEER_RULES } from './peers/all-rules.ts';
import { sampleOf } from './peers/sample.ts';
import { drawColumn } from './populations.ts';
import type { Population } from './populations.ts';
import { EMPTY_TABLE, STUDIED_TASK } from './studied-table.ts';
import { Tallies } from './tally.ts';
import { seedOf } from './unit.ts';
import type { Unit } from './unit.ts';

export const OURS = 'shiftwatch';
export const COIN = 'a coin, 1 per 1,000';

const COIN_RATE = 0.001;

/** All fifty features. */
export function studyPeers(unit: Unit): Tallies {
  return comparePeers(unit, FEATURE_MIX);
}

/** One normal feature, as such rules are usually studied. */
export function studySingle(unit: Unit): Tallies {
  return comparePeers(unit, FEATURE_MIX.slice(0, 1));
}

function comparePeers(unit: Unit, features: readonly Population[]): Tallies {
  const random = streamOf(...seedOf(unit), unit.windowRows);
  const reference = features.map((population) => drawColumn(population, unit.referenceRows, random));
  const samples = reference.map(sampleOf);
  const rules = PEER_RULES.map((rule) => ({
    name: rule.name,
    judges: samples.map((sample) => rule.prepare(sample)),
  }));
  const profile = buildReference(tableOf(reference), STUDIED_TASK);
  const shifted = CHANGES.find((change) => change.name === PROMISED_CHANGE)?.population;
  if (shifted === undefined) throw new Error(`no change called ${PROMISED_CHANGE}`);
  const tallies = new Tallies();
  for (let window = 0; window < unit.windows; window++) {
    const columns = features.map((population) => drawColumn(population, unit.windowRows, random));
    const moved = drawColumn(shifted, unit.windowRows, random);
    tallyRule(tallies, OURS, judgeOurs(profile, columns));
    const [found] = judgeOurs(profile, [moved, ...columns.slice(1)]);
    tallies.add(`${OURS}: found`, found === true ? 1 : 0, 1);
    const windowSamples = columns.map(sampleOf);
    const movedSample = sampleOf(moved);
    for (const { name, judges } of rules) {
      tallyRule(
        tallies,
        name,
        windowSamples.map((sample, i) => judges[i]?.(sample) ?? null),
      );
      tallies.add(`${name}: found`, judges[0]?.(movedSample) === true ? 1 : 0, 1);
    }
    for (const counted of ['any', 'found'])
      tallies.add(`${COIN}: ${counted}`, random() < COIN_RATE ? 1 : 0, 1);
  }
  return tallies;
}

function tallyRule(tallies: Tallies, name: string, alarms: readonly (boolean | null)[]): void {
  const judged = alarms.filter((alarm) => alarm !== null);
  tallies.add(`${name}: feature`, judged.filter(Boolean).length, judged.length);
  tallies.add(`${name}: any`, judged.some(Boolean) ? 1 : 0, 1);
}

function judgeOurs(reference: ReferenceProfile, columns: readonly Column[]): (boolean | null)[] {
  const { input } = profileTable(tableOf(columns), reference);
  return compareProfiles(reference, input, null).features.map((feature) =>
    feature.status === 'insufficient' ? null : feature.drifted,
  );
}

function tableOf(features: readonly Column[]): Table {
  const rows = features[0]?.kind === 'numeric' ? features[0].values.length : 0;
  return { ...EMPTY_TABLE, rows, features };
}
