import type { DaysAsked } from '../../api/api-deps.ts';
import { UserError } from '../../core/errors.ts';
import { createListDays } from '../../pipeline/history/list-days.ts';
import type { DayKey } from '../../store/read-models/days.ts';
import type { DayColumn, DayRow } from '../../store/rows/days.ts';
import { modelIdsOf } from '../../store/windows/models.ts';
import type { OperationsIo } from '../terminal/ports.ts';
import { textTable } from '../terminal/text-table.ts';
import { withDatabase } from '../terminal/with-database.ts';

const PAGE = 100;

/** Prints all of them, newest first. */
export async function showDays(io: OperationsIo, asked: DaysAsked, asJson: boolean): Promise<void> {
  const days = await withDatabase(io, async ({ pool, config }) => {
    const configured = config.models.map(({ name }) => name);
    if (!configured.includes(asked.model) && (await modelIdsOf(pool, asked.model)).length === 0)
      throw new UserError(`there is no model '${asked.model}'`, {
        fix: `Use one of: ${configured.join(', ')}.`,
      });
    const list = createListDays(pool, config.models);
    const all: DayRow[] = [];
    for (let after: DayKey | null = null; ;) {
      const page: Awaited<ReturnType<typeof list>> = await list(asked, { limit: PAGE, after });
      all.push(...page.items);
      if (page.next === null) return all;
      after = page.next;
    }
  });
  if (asJson) io.print(`${JSON.stringify(days, null, 2)}\n`);
  else if (days.length === 0)
    io.say(
      `Nothing is added up by ${asked.every} yet: counts are, when they are older than retention.counts.\n`,
    );
  else io.print(asked.feature === undefined ? dayTable(days) : featureTable(days));
}

const HEADINGS = ['START (UTC)', 'VERSION', 'SEGMENT', 'ROWS'];

function beginning({ start, version, segment, rows }: DayRow): string[] {
  return [start.slice(0, 10), version, segment === '' ? '-' : segment, rows.toLocaleString('en')];
}

function dayTable(days: readonly DayRow[]): string {
  return textTable(
    [...HEADINGS, 'LABELLED', 'WINDOWS'],
    days.map((day) => [
      ...beginning(day),
      day.labelled.toLocaleString('en'),
      day.windows.toLocaleString('en'),
    ]),
  );
}

function featureTable(days: readonly DayRow[]): string {
  return textTable(
    [...HEADINGS, 'MISSING', 'INVALID', 'MEAN', 'P5', 'P50', 'P95', 'VALUES'],
    days.map((day) => [...beginning(day), ...featureCells(day.features[0])]),
  );
}

function featureCells(column: DayColumn | undefined): string[] {
  if (column === undefined) return ['-', '-', '-', '-', '-', '-', 'not counted'];
  const { missing, invalid, mean, quantiles } = column;
  return [
    percent(missing),
    percent(invalid),
    ...[mean, quantiles?.p5, quantiles?.p50, quantiles?.p95].map((value) =>
      value == null ? '-' : String(Number(value.toPrecision(4))),
    ),
    column.kind === 'numeric' ? '' : levels(column),
  ];
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const MOST_LEVELS = 4;

function levels({ counts: { bins, current } }: DayColumn): string {
  const named = bins.map((bin, at): [string, number] => [String(bin), current[at] ?? 0]);
  const all = current.reduce((sum, rows) => sum + rows, 0);
  return named
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST_LEVELS)
    .map(([name, rows]) => `${name} ${percent(all > 0 ? rows / all : 0)}`)
    .join(', ');
}
