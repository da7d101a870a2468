import { remember, smallKeptWith } from '../../../core/memory/remember.ts';
import { hasDistinct } from '../sorted-pair.ts';
import { sortedPresent } from '../../samples/row-samples.ts';
import type { NumericCells } from '../../samples/row-samples.ts';
import { FEW_LEVELS } from '../../thresholds.ts';

/** Columns that are computed from each other are few, and pairs of many columns are many. */
const MAX_COLUMNS = 60;
const MIN_ROWS = 500;
/** Nearly every row of the reference obeys. */
const HOLDS = 0.995;
/** Values of other rows seldom fit by chance. */
const FITS_BY_CHANCE = 0.1;
/** Rows that are looked at first: most candidates fail in two of them. */
const PROBES = 24;
const MAX_DECIMALS = 6;
/** Rows by which a constant is found, and those by which it is known how a column is written. */
const RATE_ROWS = 500;
const WRITTEN_ROWS = 2_000;
/** Beside what rounding leaves open. */
const SLACK = 1.05;
/** Of a value that is not rounded. */
const RELATIVE = 1e-6;

/** A rate may have few values, five or so. */
const FEW_OF_PART = 3;
const MOST_OF_RESULT = 2;
/** From this share on a value is one that rows have without being computed. */
const COMMON = 0.1;

type Column = Pick<NumericCells, 'name' | 'reference'>;

/** How one column follows from one or two others. */
export interface Identity {
  readonly result: string;
  readonly of: readonly [string] | readonly [string, string];
  /** A sum or a difference: taking a sign or a power of ten back from one part would not mend it. */
  readonly isSum: boolean;
  /** In words: `a − b`, `0.0027 · a`. */
  readonly told: string;
  /** What the result of these parts should be, NaN where one is missing, and how far its digits may put it. */
  readonly expect: (a: number, b: number) => Expected;
}

export interface Expected {
  readonly value: number;
  readonly within: number;
}

/** The last reference's, by the names of its columns. */
const keptOf = smallKeptWith((_first: Float64Array): Map<string, readonly Identity[]> => new Map());
const KEPT = 4;

/**
 * What columns of the reference are of each other, to the digits they are written with: a sum, a difference, a product or quotient of two
 * others, or one other, each but sums and differences times a constant. It holds in 99.5 % of at least 500 rows, and values of other rows do not
 * fit by chance. The first found for a column stands, of one part before those of two, and the next with another part. O(columns³) probes, most of which fail in
 * two rows, for at most 60 columns; of a reference once.
 *
 * For example years to a digit, and days: `0.00274 · days`.
 */
export function identitiesOf(columns: readonly Column[]): readonly Identity[] {
  const [first] = columns;
  if (first === undefined) return [];
  const kept = keptOf(first.reference);
  const key = JSON.stringify(columns.map(({ name }) => name));
  const known = kept.get(key) ?? findIdentities(columns);
  remember(kept, key, known, KEPT);
  return known;
}

function findIdentities(all: readonly Column[]): Identity[] {
  // Identities outlast the window that they were found with: nothing of it is held with them.
  const columns = all.map(({ name, reference }): Column => ({ name, reference }));
  const withAtLeast = (distinct: number): Column[] =>
    columns.filter(({ reference }) => hasDistinct(sortedPresent(reference), distinct)).slice(0, MAX_COLUMNS);
  const candidates = candidatesOf(withAtLeast(FEW_OF_PART));
  return withAtLeast(FEW_LEVELS + 1).flatMap((result) => {
    const found: Identity[] = [];
    for (const candidate of candidates) {
      const { a, b } = candidate;
      if (a === result || b === result) continue;
      // What a discount comes to is what the price lost, and the rate of the price: the second says something of another column.
      const isOther = ({ name }: Column): boolean =>
        found.every(({ of }) => !of.some((part) => part === name));
      if (found.length > 0 && !isOther(a) && !isOther(b)) continue;
      const identity = identityOf(result, candidate);
      if (identity !== null) found.push(identity);
      if (found.length === MOST_OF_RESULT) break;
    }
    return found;
  });
}

interface Candidate {
  readonly a: Column;
  readonly b: Column;
  readonly form: Form;
  readonly digits: { readonly a: number; readonly b: number };
}

function candidatesOf(columns: readonly Column[]): Candidate[] {
  const candidate = (a: Column, b: Column, form: Form): Candidate => ({
    a,
    b,
    form,
    digits: { a: digitsOf(a.reference), b: digitsOf(b.reference) },
  });
  const alone = columns.map((a) => candidate(a, a, ITSELF));
  const ofTwo = columns.flatMap((a, i) =>
    columns
      .slice(i + 1)
      .flatMap((b) =>
        FORMS.flatMap((form) =>
          form.isSymmetric ? [candidate(a, b, form)] : [candidate(a, b, form), candidate(b, a, form)],
        ),
      ),
  );
  return [...alone, ...ofTwo];
}

interface Form {
  readonly words: (a: string, b: string) => string;
  readonly value: (a: number, b: number) => number;
  /** What the digits of the parts leave open. */
  readonly error: (a: number, b: number, da: number, db: number) => number;
  /** Whether a constant may stand before it. */
  readonly hasRate: boolean;
  readonly isSymmetric: boolean;
}

const ITSELF: Form = {
  words: (a) => a,
  value: (a) => a,
  error: (_a, _b, da) => da,
  hasRate: true,
  isSymmetric: true,
};

const FORMS: readonly Form[] = [
  {
    words: (a, b) => `${a} + ${b}`,
    value: (a, b) => a + b,
    error: (_a, _b, da, db) => da + db,
    hasRate: false,
    isSymmetric: true,
  },
  {
    words: (a, b) => `${a} − ${b}`,
    value: (a, b) => a - b,
    error: (_a, _b, da, db) => da + db,
    hasRate: false,
    isSymmetric: false,
  },
  {
    words: (a, b) => `${a} · ${b}`,
    value: (a, b) => a * b,
    error: (a, b, da, db) => Math.abs(a) * db + Math.abs(b) * da,
    hasRate: true,
    isSymmetric: true,
  },
  {
    words: (a, b) => `${a} / ${b}`,
    value: (a, b) => (b === 0 ? Number.NaN : a / b),
    error: (a, b, da, db) => (da + Math.abs(a / b) * db) / Math.abs(b),
    hasRate: true,
    isSymmetric: false,
  },
];

/** A candidate with its constant, and how the result is written. */
interface Law extends Candidate {
  readonly rate: Rate;
  readonly resultDigits: number;
}

/** Most candidates are none by their first rows, of which there are half a million: nothing is made for these. */
function identityOf({ name, reference }: Column, candidate: Candidate): Identity | null {
  const resultDigits = digitsOf(reference);
  const rate = candidate.form.hasRate ? rateOf(reference, candidate, resultDigits) : ONE;
  if (rate === null) return null;
  const law: Law = { ...candidate, rate, resultDigits };
  if (failsAtOnce(reference, law)) return null;
  const { a, b, form } = law;
  const at = (row: number): Expected => expected(law, a.reference[row]!, b.reference[row]!);
  const fits = (row: number, of: number): boolean => {
    const { value, within } = at(of);
    return Math.abs(reference[row]! - value) <= within;
  };
  // That nothing times anything is nothing says little.
  const common = commonestOf(reference);
  const rows = Int32Array.from(reference.keys()).filter(
    (row) => !Number.isNaN(reference[row]! - at(row).value) && reference[row] !== common,
  );
  if (rows.length < MIN_ROWS) return null;
  if (rows.filter((row) => fits(row, row)).length < HOLDS * rows.length) return null;
  const byChance = rows.filter((row, i) => fits(row, rows[(i + 1) % rows.length]!)).length;
  if (byChance > FITS_BY_CHANCE * rows.length) return null;
  const words = form.words(a.name, b.name);
  return {
    result: name,
    of: a === b ? [a.name] : [a.name, b.name],
    isSum: a !== b && !form.hasRate,
    told: rate.value === 1 ? words : `${rate.value.toPrecision(3)} · ${words}`,
    expect: (x, y) => expected(law, x, y),
  };
}

/** Whether two of the first complete rows are not what the law makes them. */
function failsAtOnce(result: Float64Array, law: Law): boolean {
  const [a, b] = [law.a.reference, law.b.reference];
  let [looked, failed] = [0, 0];
  for (let row = 0; row < result.length && looked < PROBES; row++) {
    const { value, within } = expected(law, a[row]!, b[row]!);
    const away = Math.abs(result[row]! - value);
    if (Number.isNaN(away)) continue;
    looked += 1;
    if (!(away <= within)) failed += 1;
    if (failed > 1) return true;
  }
  return false;
}

function expected(law: Law, x: number, y: number): Expected {
  const { form, rate } = law;
  const bare = form.value(x, y);
  const value = rate.value * bare;
  const within =
    Math.abs(rate.value) * openOf(law, x, y) +
    rate.error * Math.abs(bare) +
    ofResult(law.resultDigits, value, form);
  return { value, within: SLACK * within };
}

/** What the digits of the parts leave open. */
function openOf({ form, digits }: Candidate, x: number, y: number): number {
  return form.error(x, y, ofPart(digits.a, x), ofPart(digits.b, y));
}

interface Rate {
  readonly value: number;
  readonly error: number;
}

const ONE: Rate = { value: 1, error: 0 };

/** The constant, from the row that knows it best; 1 where it may be. Null where rows contradict each other. */
function rateOf(result: Float64Array, candidate: Candidate, digits: number): Rate | null {
  const { form } = candidate;
  const [a, b] = [candidate.a.reference, candidate.b.reference];
  let best: Rate | null = null;
  const step = Math.max(1, Math.floor(result.length / RATE_ROWS));
  let contradicted = 0;
  for (let row = 0; row < result.length; row += step) {
    const x = a[row]!;
    const y = b[row]!;
    const value = result[row]!;
    const bare = form.value(x, y);
    if (!Number.isFinite(value) || !Number.isFinite(bare) || bare === 0 || value === 0) continue;
    const rate = value / bare;
    const error = (ofResult(digits, value, form) + Math.abs(rate) * openOf(candidate, x, y)) / Math.abs(bare);
    if (best !== null && Math.abs(rate - best.value) > 2 * (error + best.error)) contradicted += 1;
    else if (best === null || error < best.error) best = { value: rate, error };
    if (contradicted > 2) return null;
  }
  return best !== null && Math.abs(best.value - 1) <= best.error ? ONE : best;
}

/** The value of more than a tenth of the rows that most have; NaN: there is none. */
const commonestOf = smallKeptWith((values: Float64Array): number => {
  const sorted = sortedPresent(values);
  let [common, most] = [Number.NaN, COMMON * sorted.length];
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    while (to < sorted.length && sorted[to] === sorted[from]) to += 1;
    if (to - from > most) [common, most] = [sorted[from]!, to - from];
  }
  return common;
});

/** Behind the point; of values that are not rounded more than six. Of a reference the same for every window. */
const digitsOf = smallKeptWith((values: Float64Array): number => {
  let most = 0;
  for (const value of values.subarray(0, WRITTEN_ROWS)) {
    if (!Number.isFinite(value)) continue;
    while (most <= MAX_DECIMALS && !isWrittenIn(value, most)) most += 1;
  }
  return most;
});

function isWrittenIn(value: number, digits: number): boolean {
  const scaled = value * 10 ** digits;
  return Math.abs(scaled - Math.round(scaled)) <= 1e-6 * Math.max(1, Math.abs(value));
}

/** A unit of the last digit, by how many there are behind the point. */
const UNITS = Array.from({ length: MAX_DECIMALS + 1 }, (_, digits) => 10 ** -digits);

/** Rounded, and what is multiplied perhaps cut off: up to half of the last digit, or the whole. */
function ofResult(digits: number, value: number, { hasRate }: Form): number {
  return digits > MAX_DECIMALS ? RELATIVE * Math.abs(value) : (hasRate ? 1 : 0.5) * UNITS[digits]!;
}

/** Whole numbers that something is computed of are counts, and exact. */
function ofPart(digits: number, value: number): number {
  if (digits === 0) return 0;
  return digits > MAX_DECIMALS ? RELATIVE * Math.abs(value) : 0.5 * UNITS[digits]!;
}
