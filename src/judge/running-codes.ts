import { keptWith } from '../core/memory/remember.ts';
import type { CategoricalColumn, Table } from '../core/table.ts';

/** Fewer codes may be a list. */
const MIN_CODES = 200;
/** Of the codes, so many are numbered behind one and the same beginning. */
const NEARLY_ALL = 0.95;
/** Of the numbers from the first to the last, so many are there: a list of products has gaps. */
const DENSE = 0.5;
const NUMBERED = /^(?<name>.*?)(?<number>\d{3,15})$/v;

interface Running {
  readonly name: string;
  readonly last: number;
}

/**
 * Codes that are given one after the other, and go on where the reference's ended: boxes, tickets, lots (BX51644). Like numbers that run with the time they
 * say only when, and every row that comes later has one that nobody had. In a table without times this shows by the window alone: 95 % of its rows lie
 * above the last of at least 200 codes of the reference, which leave out fewer than half of the numbers between their first and last. O(levels), of a reference once.
 */
export function runningCodes(reference: Table | null, current: Table | null): string[] {
  if (reference === null || current === null) return [];
  const known = new Map(reference.features.map((column) => [column.name, column]));
  return current.features.flatMap((column) => {
    const before = known.get(column.name);
    if (column.kind === 'numeric' || before === undefined || before.kind === 'numeric') return [];
    const running = runningIn(before);
    return running !== null && goesOn(running, column) ? [column.name] : [];
  });
}

const runningIn = keptWith(({ levels }: CategoricalColumn): Running | null => {
  if (levels.length < MIN_CODES) return null;
  const name = NUMBERED.exec(levels[0]!)?.groups?.['name'];
  if (name === undefined) return null;
  const numbers = levels.flatMap((level) => numberOf(level, name) ?? []);
  if (numbers.length < NEARLY_ALL * levels.length) return null;
  const [first, last] = numbers.reduce(
    ([least, most], each) => [Math.min(least, each), Math.max(most, each)],
    [Infinity, -Infinity],
  );
  return numbers.length >= DENSE * (last - first + 1) ? { name, last } : null;
});

function goesOn({ name, last }: Running, { levels, codes }: CategoricalColumn): boolean {
  const isLater = levels.map((level) => (numberOf(level, name) ?? -1) > last);
  const present = codes.filter((code) => code >= 0);
  return present.length > 0 && present.filter((code) => isLater[code]).length >= NEARLY_ALL * present.length;
}

function numberOf(level: string, name: string): number | null {
  const found = NUMBERED.exec(level)?.groups;
  return found?.['name'] === name ? Number(found['number']) : null;
}
