import { rateOf } from './bounds.ts';
import type { Rate } from './bounds.ts';
import { REFERENCE_ROWS } from './studied-table.ts';
import type { Study, UnitResult } from './unit.ts';

/** Where a figure was measured. */
export interface Place {
  readonly study: Study;
  readonly windowRows: number;
  readonly referenceRows?: number;
  readonly phi?: number;
}

/** All units' counts, to be asked for by what was counted and where. */
export class Results {
  private readonly units: readonly UnitResult[];

  constructor(units: readonly UnitResult[]) {
    this.units = units;
  }

  /** Null where nothing was counted. */
  rate(place: Place, name: string): Rate | null {
    const tallies = this.at(place).flatMap(({ tallies: counted }) =>
      counted.filter(([counts]) => counts === name).map(([, tally]) => tally),
    );
    return tallies.length === 0 ? null : rateOf(tallies);
  }

  /** What was counted there under names that start like this, without that start. */
  names(place: Place, start: string): string[] {
    const names = this.at(place).flatMap(({ tallies }) => tallies.map(([name]) => name));
    return [...new Set(names)]
      .filter((name) => name.startsWith(start))
      .map((name) => name.slice(start.length));
  }

  /** The window sizes of a study, ascending. */
  sizes(study: Study, referenceRows: number = REFERENCE_ROWS): number[] {
    const sizes = this.units
      .filter(({ unit }) => unit.study === study && unit.referenceRows === referenceRows)
      .map(({ unit }) => unit.windowRows);
    return [...new Set(sizes)].toSorted((a, b) => a - b);
  }

  private at(place: Place): UnitResult[] {
    return this.units.filter(
      ({ unit }) =>
        unit.study === place.study &&
        unit.windowRows === place.windowRows &&
        unit.referenceRows === (place.referenceRows ?? REFERENCE_ROWS) &&
        unit.phi === (place.phi ?? 0),
    );
  }
}
