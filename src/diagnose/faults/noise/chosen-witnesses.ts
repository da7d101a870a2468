import type { Closeness } from './closeness.ts';

/** Columns that explain less than this of another one cannot say whether it became noisy or wide. */
export const MIN_EXPLAINED = 0.3;
const MAX_WITNESSES = 8;
/** Columns among which these are chosen. */
const MAX_ASKED = 24;
/** What is left of a column that others have explained. */
const NOTHING_LEFT = 1e-6;

interface Witness {
  readonly reference: Float64Array;
}

/** Null where nothing goes with it. */
export function witnessesOf<C extends Witness>(
  pair: Witness,
  others: readonly C[],
  closeness: Closeness,
): C[] | null {
  const ranked = others
    .map((other) => ({ other, r: Math.abs(closeness(pair.reference, other.reference)) }))
    .sort((a, b) => b.r - a.r)
    .slice(0, MAX_ASKED);
  if (ranked.length === 0 || (ranked[0]?.r ?? 0) ** 2 < MIN_EXPLAINED / MAX_WITNESSES) return null;
  return chosenOf(
    pair,
    ranked.map(({ other }) => other),
    closeness,
  );
}

/**
 * The eight that together explain most, one after the other: by what each adds to those before it. What goes with a column only beside another one (its temperature, beside how
 * much of a gas there is) is among them. O(asked² · witnesses) on the correlations.
 */
function chosenOf<C extends Witness>(pair: Witness, asked: readonly C[], closeness: Closeness): C[] {
  if (asked.length <= MAX_WITNESSES) return [...asked];
  const all = [pair, ...asked];
  const left = all.map((one) =>
    Float64Array.from(all, (other) => (one === other ? 1 : closeness(one.reference, other.reference))),
  );
  const gainOf = (at: number): number =>
    left[at]![at]! > NOTHING_LEFT ? left[0]![at]! ** 2 / left[at]![at]! : 0;
  const open = new Set(asked.keys().map((at) => at + 1));
  const chosen: C[] = [];
  while (chosen.length < MAX_WITNESSES) {
    const next = [...open].reduce((best, at) => (gainOf(at) > gainOf(best) ? at : best));
    open.delete(next);
    chosen.push(asked[next - 1]!);
    sweep(left, next);
  }
  return chosen;
}

/** Takes out of all what one of them explains. */
function sweep(left: readonly Float64Array[], at: number): void {
  const own = left[at]!.slice();
  if (!(own[at]! > NOTHING_LEFT)) return;
  for (const [i, row] of left.entries()) {
    for (let j = 0; j < row.length; j++) row[j] = row[j]! - (own[i]! * own[j]!) / own[at]!;
  }
}
