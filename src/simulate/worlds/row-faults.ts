/** What a pipeline does to whole rows: joins, labels, clocks, rows logged twice or never. */
import { HOUR_MS } from '../../core/clock.ts';
import type { Draws } from '../draws.ts';
import type { Row } from '../family.ts';
import { faultOf } from './column-faults.ts';
import type { WorldFault } from './column-faults.ts';
import type { BrokenWindow, FedRow, WorldRow } from './draw-world.ts';
import type { Breakable } from './ordinary-world.ts';
import { BREAKS_AT, brokenRow, levelsIn, shuffled } from './touched-rows.ts';

/** The column's values belong to other rows: `from` gives for each place the row they are taken from. */
function joinedFrom(column: string, from: (rows: number, draw: Draws) => number[]): BrokenWindow {
  return {
    fed(rows, draw) {
      const places = from(rows.length, draw);
      return rows.map((row, at) =>
        brokenRow(row, { ...row.fed, [column]: rows[places[at] ?? at]?.fed[column] ?? null }),
      );
    },
  };
}

const anyRow = (rows: number, draw: Draws): number[] =>
  shuffled(
    Array.from({ length: rows }, (_, at) => at),
    draw,
  );
const rowBefore = (rows: number): number[] => Array.from({ length: rows }, (_, at) => Math.max(0, at - 1));

function joinFaults({ weak, moves }: Breakable): WorldFault[] {
  const [column] = weak.joined;
  if (column === undefined) return [];
  return [
    faultOf(['misaligned_join'], weak.joined, 'any other row', true, joinedFrom(column, anyRow)),
    // Where rows follow their own past, the row before is nearly the same.
    faultOf(['misaligned_join'], weak.joined, 'the row before', !moves, joinedFrom(column, rowBefore)),
  ];
}

function swapFaults({ weak }: Breakable): WorldFault[] {
  return weak.swaps.map(([one, other]) =>
    faultOf(['swapped_columns'], [one, other], 'whole', true, {
      fed: (rows) =>
        rows.map((row) =>
          brokenRow(row, { ...row.fed, [one]: row.fed[other] ?? null, [other]: row.fed[one] ?? null }),
        ),
    }),
  );
}

const withLabel = (row: WorldRow, label: number, classAt: number): WorldRow => ({
  ...row,
  label,
  classAt,
  isBroken: true,
});

/** Of two classes; the share that the first has decides whether anything but the score could tell. */
function labelFaults({ task, classes }: Breakable): WorldFault[] {
  if (task === 'regression' || classes.length > 2) return [];
  const inverted = (row: WorldRow): WorldRow =>
    row.label === null ? row : withLabel(row, 1 - row.label, row.label === 1 ? 1 : 0);
  return [
    faultOf(['labels_inverted'], ['label'], 'whole', true, { logged: (rows) => rows.map(inverted) }),
    faultOf(['labels_inverted'], ['label'], 'since', false, {
      logged: (rows) => rows.map((row, at) => (at >= BREAKS_AT * rows.length ? inverted(row) : row)),
    }),
    faultOf(['labels_lost'], ['label'], 'half of the first class are called the other', false, {
      logged: (rows, draw) =>
        rows.map((row) => (row.label === 1 && draw.uniform() < 0.5 ? withLabel(row, 0, 1) : row)),
    }),
  ];
}

function clockFaults({ calendar }: Breakable): WorldFault[] {
  if (calendar === undefined) return [];
  const names = Object.keys(calendar(0));
  // Where only days are written down, a few hours move few rows.
  return (names.includes('hour') ? [3, -5] : [11, -9])
    .map((hours) =>
      faultOf(['clock_shift'], names, `${hours} h`, true, {
        fed: (rows) =>
          rows.map((row) =>
            brokenRow(row, { ...row.fed, ...(calendar(row.timestampMs + hours * HOUR_MS) as Row) }),
          ),
      }),
    )
    .map((each) => ({ ...each, name: each.name.replace(names.join('+'), 'calendar') }));
}

const copied = (row: WorldRow): WorldRow => ({ ...row, isBroken: true });

function copyFaults({ weak }: Breakable): WorldFault[] {
  const isTold = !weak.repeatsRows;
  return [
    faultOf(['duplicated_rows'], [], 'every row twice', isTold, {
      logged: (rows) => rows.flatMap((row) => [row, copied(row)]),
    }),
    faultOf(['duplicated_rows'], [], 'one row in five three times', isTold, {
      logged: (rows, draw) =>
        rows.flatMap((row) => (draw.uniform() < 0.2 ? [row, copied(row), copied(row)] : [row])),
    }),
    ...weak.levels.slice(0, 1).flatMap((level) => [
      faultOf(['duplicated_rows'], [], 'rows of one level four times', isTold, {
        fed: (rows) => fannedOut(rows, level),
      }),
      // A country that is served no more leaves the same rows.
      faultOf(['lost_rows'], [level], 'one level', false, {
        fed(rows) {
          const [, second = ''] = levelsIn(rows.map(({ fed }) => fed[level] ?? null));
          return rows.filter(({ fed }) => fed[level] !== second);
        },
      }),
    ]),
    faultOf(['lost_rows'], [], 'a third of the time', false, {
      logged: (rows) => rows.filter((_, at) => at < 0.4 * rows.length || at > 0.73 * rows.length),
    }),
  ];
}

function fannedOut<R extends FedRow>(rows: readonly R[], level: string): R[] {
  const [, second = ''] = levelsIn(rows.map(({ fed }) => fed[level] ?? null));
  return rows.flatMap((row) =>
    row.fed[level] === second ? Array.from({ length: 4 }, () => brokenRow(row, row.fed)) : [row],
  );
}

/** The faults of rows that this world can show; each with what can be known of it. */
export function rowFaults(world: Breakable): WorldFault[] {
  return [
    ...joinFaults(world),
    ...swapFaults(world),
    ...labelFaults(world),
    ...clockFaults(world),
    ...copyFaults(world),
  ];
}
