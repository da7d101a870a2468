import { DAY_MS } from '../../src/core/clock.ts';
import type { Table } from '../../src/core/table.ts';
import type { WorldChange } from '../../src/simulate/change.ts';
import { draws } from '../../src/simulate/draws.ts';
import { FAMILIES } from '../../src/simulate/families/all-families.ts';
import type { Family } from '../../src/simulate/family.ts';
import type { ShiftRequest, SimulatedKind } from '../../src/simulate/plan.ts';
import { planShift } from '../../src/simulate/plan-shift.ts';
import { simulate, type SimulatedRow } from '../../src/simulate/world.ts';
import { tableOfRows } from '../../test/simulate/table-of-rows.ts';

export const DAYS = 30;
const REFERENCE_DAYS = 28;
const ROWS_PER_DAY = 500;
/** The simulator's reference ends here; its current rows lie in the week behind. */
export const MONTH_START_MS = Date.UTC(2026, 2, 2);
const SIMULATED_WEEK = 7;
const HOW = { task: 'classification', model: 'imperfect' } as const;

/** Those whose columns have names that people use. */
const NAMED = FAMILIES.filter(({ name }) => name !== 'gaussian');
/** Of all rows of a column, or of so many that a look at the data shows it. */
const FAULTS: readonly ShiftRequest[] = [
  { kind: 'unit_change', share: 1 },
  { kind: 'missing_spike', share: 0.3 },
  { kind: 'swapped_columns' },
  { kind: 'sentinel_fill', share: 0.3 },
  { kind: 'category_rename', share: 1 },
];

/** Something that is so on some days, counted from 0; on `untilDay` no more. */
interface Chapter {
  readonly kind: SimulatedKind | 'silence';
  readonly fromDay: number;
  readonly untilDay: number;
  readonly what: string;
  readonly change: WorldChange;
}

export interface Story {
  readonly seed: number;
  readonly family: Family;
  readonly chapters: readonly Chapter[];
}

/**
 * What a seed has happen: a fault that is mended, moved inputs that stay, silence, and a change that only labels show,
 * which ends; ordinary days between them. Odd seeds change the concept and are silent for two days, even ones change
 * the mix of labels and are silent for one.
 */
export function planStory(seed: number): Story {
  const draw = draws(seed);
  const nth = <T>(items: readonly T[]): T => items[(seed + items.length - 1) % items.length]!;
  const family = nth(NAMED);
  const sometimesOne = (): number => Math.floor(2 * draw.uniform());
  const chapter = (request: ShiftRequest, fromDay: number, untilDay: number): Chapter => {
    const { kind, change, description } = planShift(family, HOW.task, request, seed);
    return { kind, fromDay, untilDay, what: description, change };
  };
  const isOdd = seed % 2 === 1;
  const faultDay = 5 + sometimesOne();
  const labelsDay = 19 + sometimesOne();
  const what = 'no predictions; labels of earlier ones still come';
  const chapters: Chapter[] = [
    chapter(nth(FAULTS), faultDay, faultDay + 2 + sometimesOne()),
    chapter({ kind: 'covariate_shift' }, 11 + sometimesOne(), DAYS),
    { kind: 'silence', fromDay: 16, untilDay: isOdd ? 18 : 17, what, change: {} },
    chapter({ kind: isOdd ? 'concept_drift' : 'label_shift' }, labelsDay, labelsDay + 5),
  ];
  return { seed, family, chapters };
}

/** What the model was trained on: four weeks of rows with times. */
export function trainingTable({ seed, family }: Story): Table {
  const rows = { reference: REFERENCE_DAYS * ROWS_PER_DAY, current: 0 };
  return tableOfRows(family, HOW.task, simulate(family, { ...HOW, seed, rows }, {}).reference);
}

/** The predictions of the whole month, with labels. */
export function monthTable(story: Story): Table {
  const rows = Array.from({ length: DAYS }, (_, day) => rowsOfDay(story, day)).flat();
  return tableOfRows(story.family, HOW.task, rows);
}

function rowsOfDay({ seed, family, chapters }: Story, day: number): SimulatedRow[] {
  const now = chapters.filter(({ fromDay, untilDay }) => fromDay <= day && day < untilDay);
  if (now.some(({ kind }) => kind === 'silence')) return [];
  // Chapters that overlap change different things: inputs, labels, the pipeline.
  const change: WorldChange = Object.assign({}, ...now.map((each) => each.change));
  const daySeed = 1_000 * seed + day + 1;
  const current = Math.round(ROWS_PER_DAY * (0.8 + 0.4 * draws(daySeed).uniform()));
  const spec = { ...HOW, seed: daySeed, rows: { reference: 0, current } };
  return simulate(family, spec, change).current.map((row) => ({
    ...row,
    timestampMs: MONTH_START_MS + day * DAY_MS + (row.timestampMs - MONTH_START_MS) / SIMULATED_WEEK,
  }));
}

/** For whoever holds the mails against it; the reader of the mails should not have seen it. */
export function truthOf({ seed, family, chapters }: Story): object {
  const date = (day: number): string => new Date(MONTH_START_MS + day * DAY_MS).toISOString().slice(0, 10);
  const happened = chapters.map(({ kind, fromDay, untilDay, what }) => {
    return { kind, firstDay: date(fromDay), lastDay: date(untilDay - 1), ends: untilDay < DAYS, what };
  });
  const { name, about } = family;
  return { seed, model: name, about, firstDay: date(0), lastDay: date(DAYS - 1), happened };
}
