import type { FeatureKind } from '../core/table.ts';

/** What was seen in a sample of one column's cells. */
export interface ColumnSummary {
  readonly name: string;
  /** Cells that are there: neither null, NaN nor the empty string. */
  readonly present: number;
  /** Numbers, or text that reads as one. */
  readonly numbers: number;
  /** Among them, text with leading zeros or a plus sign: codes, not quantities (postal codes, phone numbers). */
  readonly codes: number;
  /** true and false, as values or as words in any case. */
  readonly booleans: number;
}

export interface KindOverrides {
  readonly numeric: ReadonlySet<string>;
  readonly categorical: ReadonlySet<string>;
}

export const NO_OVERRIDES: KindOverrides = { numeric: new Set(), categorical: new Set() };

/** A column with this share of readable numbers is numeric, the rest of it invalid: a few "n/a" change nothing. */
const MOSTLY = 0.95;
/** More leading zeros than this share of the numbers are no slip of the pen. */
const CODES = 0.01;

/**
 * Which kind a column is. What people declared wins; then all booleans make a boolean; mostly numbers make a numeric
 * column, however few distinct ones (a grid tells 0, 1, 2 apart exactly, and an order is kept); codes with leading
 * zeros and everything else are categories. A column without values is numeric.
 */
export function inferKind(summary: ColumnSummary, overrides: KindOverrides = NO_OVERRIDES): FeatureKind {
  if (overrides.numeric.has(summary.name)) return 'numeric';
  if (overrides.categorical.has(summary.name)) return 'categorical';
  if (summary.present === 0) return 'numeric';
  if (summary.booleans === summary.present) return 'boolean';
  if (summary.codes > CODES * summary.numbers) return 'categorical';
  return summary.numbers >= MOSTLY * summary.present ? 'numeric' : 'categorical';
}

const NUMBER_TEXT = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$|^[-+]?inf(?:inity)?$/i;
const CODE_TEXT = /^\+|^-?0\d/;
const BOOLEAN_TEXT = /^(?:true|false)$/i;

/** Summarises a sample of cells. O(cells). */
export function summarizeColumn(
  name: string,
  cells: Iterable<string | number | bigint | boolean | null | undefined>,
): ColumnSummary {
  let present = 0;
  let numbers = 0;
  let codes = 0;
  let booleans = 0;
  for (const cell of cells) {
    const text = typeof cell === 'string' ? cell.trim() : null;
    if (cell === null || cell === undefined || text === '' || Number.isNaN(cell)) continue;
    present += 1;
    if (text === null) {
      if (typeof cell === 'boolean') booleans += 1;
      else numbers += 1;
    } else if (NUMBER_TEXT.test(text)) {
      numbers += 1;
      if (CODE_TEXT.test(text)) codes += 1;
    } else if (BOOLEAN_TEXT.test(text)) {
      booleans += 1;
    }
  }
  return { name, present, numbers, codes, booleans };
}
