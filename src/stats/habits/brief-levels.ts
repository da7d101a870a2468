/** Levels of two rows and more without which nothing is said. */
const MIN_LEVELS = 10;
/** Of how far apart first and last row of a level would be by chance. */
const BRIEF = 0.25;

interface Life {
  readonly code: number;
  readonly rows: number;
  /** From its first row to its last, over what as many rows anywhere are apart on average: 1 where it comes at any time. */
  readonly part: number;
}

/** Of each level with k ≥ 2 rows the distance of its first and last row in the order given, over (n + 1)(k − 1)/(k + 1). O(rows). */
function livesOf(codes: Int32Array): Life[] {
  const seen = new Map<number, { readonly first: number; last: number; rows: number }>();
  for (const [at, code] of codes.entries()) {
    const known = seen.get(code);
    if (known === undefined) seen.set(code, { first: at, last: at, rows: 1 });
    else {
      known.last = at;
      known.rows += 1;
    }
  }
  return [...seen].flatMap(([code, { first, last, rows }]) =>
    rows < 2 ? [] : [{ code, rows, part: (last - first) / (((codes.length + 1) * (rows - 1)) / (rows + 1)) }],
  );
}

const rowsOf = (lives: readonly Life[]): number => lives.reduce((sum, { rows }) => sum + rows, 0);

/**
 * Whether levels come and are gone: a batch, a visit, a voyage. Their names are news in every window, and none of them comes back.
 *
 * Formula: of each level with k ≥ 2 rows the distance of its first and last row in the order given, over what k rows anywhere have on average, (n + 1)(k − 1)/(k + 1); their mean, each by its rows, is at most
 * a quarter. False with fewer than ten such levels. O(rows).
 *
 * @param codes of the levels, in order of time
 * @example areBrief(Int32Array.from({ length: 60 }, (_, i) => i >> 2)) // true
 */
export function areBrief(codes: Int32Array): boolean {
  const lives = livesOf(codes);
  if (lives.length < MIN_LEVELS) return false;
  return lives.reduce((sum, { rows, part }) => sum + rows * part, 0) / rowsOf(lives) <= BRIEF;
}

/** Of so many rows a life is known: by chance one in twenty-five is so short. */
const KNOWN_ROWS = 30;
const SHORTER = 0.9;
const MIN_TURNS = 4;
const NEARLY_ALL = 0.9;

/**
 * Whether the levels change within these rows: none was there from their beginning to their end. Lots that are changed for the next after five days are
 * not brief beside a week, and no more will be known of those that come next week.
 *
 * Formula: levels of at least thirty rows whose first and last are at most 0.9 times as far apart as those of rows anywhere are four or more, and
 * have nine tenths of all rows. O(rows).
 *
 * @param codes of the levels, in order of time
 * @example turnOver(Int32Array.from({ length: 400 }, (_, i) => 2 * Math.floor(i / 200) + (i % 2))) // true
 */
export function turnOver(codes: Int32Array): boolean {
  const turning = livesOf(codes).filter(({ rows, part }) => rows >= KNOWN_ROWS && part <= SHORTER);
  return turning.length >= MIN_TURNS && rowsOf(turning) >= NEARLY_ALL * codes.length;
}

/** Rows from which a level is said to stay, or to pass. */
const FEW_ROWS = 5;
/** By chance one level of five rows in twenty-five. */
const PASSING = 0.5;
/** Of those that stay for half of the time most are gone soon after it. */
const STAYING = 0.75;
const A_PART = 0.1;

/**
 * The levels that stay, where a part of the rows has others that come and are gone: brands among which some are always sold. Null where fewer than a tenth
 * of the rows have one that passes (of five rows and more, whose first and last are at most half as far apart as those of rows anywhere; of one that stays three quarters and more). O(rows).
 *
 * @param codes of the levels, in order of time
 * @example levelsThatStay(Int32Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? 0 : 1 + Math.floor(i / 40)))) // new Set([0])
 */
export function levelsThatStay(codes: Int32Array): ReadonlySet<number> | null {
  const lives = livesOf(codes).filter(({ rows }) => rows >= FEW_ROWS);
  const passing = lives.filter(({ part }) => part <= PASSING);
  if (rowsOf(passing) < A_PART * codes.length) return null;
  return new Set(lives.filter(({ part }) => part > STAYING).map(({ code }) => code));
}
