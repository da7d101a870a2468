import { studyNull } from './study-null.ts';
import { studyPeers, studySingle } from './study-peers.ts';
import { studyPower } from './study-power.ts';
import { studySerial } from './study-serial.ts';
import type { Tallies } from './tally.ts';
import type { Study, Unit, UnitResult } from './unit.ts';

const STUDY_OF: Record<Study, (unit: Unit) => Tallies> = {
  null: studyNull,
  power: studyPower,
  serial: studySerial,
  peers: studyPeers,
  single: studySingle,
};

/** What a worker thread runs: one unit, from its seeds alone. */
export default function runUnit(unit: Unit): UnitResult {
  return { unit, tallies: STUDY_OF[unit.study](unit).entries() };
}
