/** What a heat map shows of a feature in a window, in two bytes: thousandths of its distance to training, and what is the matter. */

const BITS = { hasRows: 1, isEnough: 2, drifted: 4, critical: 8, faulty: 16 } as const;
const EFFECT_STEP = 32;
/** More than any distance, which is 0 to 1. */
const NO_EFFECT = 1_023;

/** Of a measurement `m` of a feature. Earlier versions stored `alarm` for what is critical. */
const CELL = `(coalesce(round(case when m.rows_current > 0 then m.jensen_shannon end * 1000)::int, ${NO_EFFECT}) * ${EFFECT_STEP}
  + case when m.rows_current > 0 then ${BITS.hasRows} else 0 end + case when m.status <> 'insufficient' then ${BITS.isEnough} else 0 end
  + case when m.status = 'drift' then ${BITS.drifted} else 0 end + case when m.severity in ('critical', 'alarm') then ${BITS.critical} else 0 end
  + case when m.status = 'fault' or m.faults <> '{}' then ${BITS.faulty} else 0 end)::int2`;

/**
 * The cells of a segment, as `(names, cells)`; empty where nothing was measured. One look at its measurements.
 *
 * @param when where it does not hold there is no row, and nothing is looked at
 */
export function heatCellsOf(windowId: string, segment: string, when = 'true'): string {
  return `(select coalesce(array_agg(m.name order by m.name), '{}') as names,
      coalesce(string_agg(int2send(${CELL}), ''::bytea order by m.name), '') as cells
    from measurement m where m.window_id = ${windowId} and m.series = 'closed' and m.segment = ${segment} and m.subject = 'feature'
    having ${when})`;
}

/** A feature in a column of time: the gravest of its windows. */
class HeatRow {
  readonly #effects: Int16Array;
  readonly #bits: Uint8Array;
  #allBits = 0;
  #greatest = -1;

  constructor(width: number) {
    this.#effects = new Int16Array(width).fill(-1);
    this.#bits = new Uint8Array(width);
  }

  add(column: number, cell: number): void {
    const effect = cell >> 5;
    const bits = cell & (EFFECT_STEP - 1);
    if (effect !== NO_EFFECT && effect > this.#effects[column]!) {
      this.#effects[column] = effect;
      if (effect > this.#greatest) this.#greatest = effect;
    }
    this.#bits[column]! |= bits;
    this.#allBits |= bits;
  }

  /** Faults first, then what was critical, then by the greatest effect. */
  gravity(): number {
    return (
      ((this.#allBits & BITS.faulty) > 0 ? 4_000 : 0) +
      ((this.#allBits & BITS.critical) > 0 ? 2_000 : 0) +
      this.#greatest
    );
  }

  /** A letter a column; of too few rows only where all of its windows are. */
  shown(columns: number): { effects: (number | null)[]; states: string } {
    return {
      effects: Array.from(this.#effects.subarray(0, columns), (effect) => (effect < 0 ? null : effect)),
      states: Array.from(this.#bits.subarray(0, columns), letterOf).join(''),
    };
  }
}

function letterOf(bits: number): string {
  const isCritical = (bits & BITS.critical) > 0;
  if ((bits & BITS.faulty) > 0) return isCritical ? 'b' : 'f';
  if ((bits & BITS.hasRows) === 0) return '.';
  if (isCritical) return 'a';
  if ((bits & BITS.drifted) > 0) return 'd';
  return (bits & BITS.isEnough) === 0 ? 'i' : 'o';
}

interface Listed {
  readonly name: string;
  readonly effects: (number | null)[];
  readonly states: string;
}

/** Cells of windows, added up by feature and column: nanoseconds a cell. */
export class HeatSums {
  readonly #rows = new Map<string, HeatRow>();
  readonly #mostColumns: number;
  #listed: HeatRow[] = [];

  constructor(mostColumns: number) {
    this.#mostColumns = mostColumns;
  }

  /** @param names null: those of the call before, in their order */
  add(column: number, names: readonly string[] | null, cells: Buffer): void {
    if (names !== null) this.#listed = names.map((name) => this.#rowOf(name));
    for (const [at, row] of this.#listed.entries()) row.add(column, cells.readInt16BE(2 * at));
  }

  #rowOf(name: string): HeatRow {
    const known = this.#rows.get(name);
    if (known !== undefined) return known;
    const row = new HeatRow(this.#mostColumns);
    this.#rows.set(name, row);
    return row;
  }

  /** The gravest first. @param q a part of their names, whatever the case */
  gravest(columns: number, q: string | undefined, limit: number) {
    const part = q?.toLowerCase() ?? '';
    const found = [...this.#rows]
      .filter(([name]) => name.toLowerCase().includes(part))
      .map(([name, row]) => ({ name, row, gravity: row.gravity() }))
      .sort((a, b) => b.gravity - a.gravity || (a.name < b.name ? -1 : 1));
    const features = found.slice(0, limit).map(({ name, row }): Listed => ({ name, ...row.shown(columns) }));
    return { total: found.length, features };
  }
}
