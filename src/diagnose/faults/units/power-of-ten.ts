import { distinctValues } from '../../../stats/profile/numeric-reference.ts';
import { asPercent } from '../../wording.ts';
import { FEW_LEVELS, MIN_FAULT_SHARE } from '../../thresholds.ts';
import { decimalStep } from '../resolution.ts';
import { hasDistinct } from '../sorted-pair.ts';
import type { SortedPair } from '../sorted-pair.ts';
import { suspicion } from '../suspicion.ts';
import type { Suspicion } from '../suspicion.ts';

const MIN_ROWS = 50;
const POWERS = [100, 1_000, 10];
/** Values that must lead back to old ones: two by a hundred or more, three by ten. */
const MIN_VALUES = 2;
const MIN_VALUES_BY_TEN = 3;

/** Of the rows, by the twenty commonest values; and of the window's, that may have one of these still. */
const NEARLY_ALL = 0.95;
/** Of the window, that lead back to these: another one has other rare ones. */
const MOST_OF_WINDOW = 0.9;
const MOST_STAYED = 0.02;
const MIN_COMMON_VALUES = 5;

/** A mark between thousands, taken for the one before decimals. */
const THOUSAND = 1_000;
const MIN_THOUSANDS = 0.03;
/** Of what was a thousand or more, so much is left of it at most, and so much came in its stead at least. */
const MOST_LEFT = 0.1;
const MIN_STEAD = 1 / 3;
const ALL = 0.98;

/**
 * A power of ten that leaves its trace in the values themselves, whatever season it is.
 *
 * - Settings (at most 20 values): all that came are old ones divided, or multiplied, by 10, 100 or 1,000, and none of the old ones, 0 aside, is left; or some of
 *   the rows hold such parts of old whole numbers, which no setting had. A share in place of per cent.
 * - At most twenty values that 95 % of the rows had: 90 % of the window's are those by one power of ten, at least five different ones, and one in fifty is left as it was.
 * - Whole numbers of which some were a thousand and more: these are gone, and in their stead (a third of them at least) are numbers that have three decimals at most:
 *   1,234 read as 1.234.
 *
 * Null otherwise. O(n).
 */
export function powerOfTen({ name, reference, current }: SortedPair): Suspicion | null {
  if (Math.min(reference.length, current.length) < MIN_ROWS) return null;
  return (
    ofSettings(name, reference, current) ??
    ofCommonValues(name, reference, current) ??
    ofThousands(name, reference, current)
  );
}

function ofSettings(name: string, reference: Float64Array, current: Float64Array): Suspicion | null {
  if (hasDistinct(reference, FEW_LEVELS + 1)) return null;
  const old = new Set(reference);
  const now = new Set(current);
  const came = [...now].filter((value) => value !== 0 && !old.has(value));
  const isWhole = [...now].every((value) => value === 0 || !old.has(value));
  const share = current.filter((value) => value !== 0 && !old.has(value)).length / current.length;
  if (share < MIN_FAULT_SHARE) return null;
  for (const power of POWERS) {
    if (came.length < (power === 10 ? MIN_VALUES_BY_TEN : MIN_VALUES)) continue;
    const leads = (times: number): boolean =>
      came.every((value) => old.has(Number((value * times).toPrecision(12))));
    const broken = came.filter((value) => !Number.isInteger(value)).length;
    const isDivided = leads(power) && (isWhole || broken >= MIN_VALUES);
    if (!isDivided && !(isWhole && leads(1 / power))) continue;
    if (!isWhole && decimalStep(reference) < 1) continue;
    return told(name, {
      share,
      detail: `${isWhole ? 'every value' : `${asPercent(share)} of the values`} ${isWhole ? 'is' : 'are'} an old one ${isDivided ? '÷' : '×'} ${power}, as ${came.slice(0, 3).join(', ')}, and ${isWhole ? 'none is left as it was' : 'none had decimals'}`,
    });
  }
  return null;
}

/** What people say on a scale: nearly all rows have one of twenty values, and a few any other. */
function ofCommonValues(name: string, reference: Float64Array, current: Float64Array): Suspicion | null {
  const { values, rows } = distinctValues(reference);
  // Each value that is not common has one row at least.
  const atMost = 1 - (values.length - FEW_LEVELS) / reference.length;
  if (values.length <= FEW_LEVELS || atMost < NEARLY_ALL) return null;
  const counts = Array.from(values, (value, at) => [value, rows[at] ?? 0] as const);
  const common = new Set<number>();
  let covered = 0;
  for (const [value, count] of counts.sort((a, b) => b[1] - a[1])) {
    if (covered >= NEARLY_ALL * reference.length || common.size === FEW_LEVELS) break;
    common.add(value);
    covered += count;
  }
  const away = current.filter((value) => value !== 0);
  if (covered < NEARLY_ALL * reference.length || away.length < MIN_ROWS) return null;
  const partOf = (is: (value: number) => boolean): number => away.filter(is).length / away.length;
  // A power of an old value may be another old one: these say nothing.
  if (partOf((value) => common.has(value)) > MOST_STAYED) return null;
  for (const power of POWERS) {
    for (const [sign, times] of [
      ['÷', power],
      ['×', 1 / power],
    ] as const) {
      const leads = (value: number): boolean => common.has(Number((value * times).toPrecision(12)));
      const part = partOf(leads);
      if (part < MOST_OF_WINDOW || new Set(away.filter(leads)).size < MIN_COMMON_VALUES) continue;
      return told(name, {
        share: away.length / current.length,
        detail: `${asPercent(part)} of the values are ${sign} ${power} those that ${asPercent(covered / reference.length)} of the rows had, and hardly any is left as it was`,
      });
    }
  }
  return null;
}

function ofThousands(name: string, reference: Float64Array, current: Float64Array): Suspicion | null {
  if (decimalStep(reference) < 1) return null;
  const partOf = (values: Float64Array, is: (value: number) => boolean): number =>
    values.filter(is).length / values.length;
  // A loss of 1,234 is read as one of 1.234, too.
  const isLarge = (value: number): boolean => Math.abs(value) >= THOUSAND;
  const [before, left] = [partOf(reference, isLarge), partOf(current, isLarge)];
  const broken = current.filter((value) => !Number.isInteger(value));
  const share = broken.length / current.length;
  if (before < MIN_THOUSANDS || left > MOST_LEFT * before || share < MIN_STEAD * before) return null;
  const isThousandth = (value: number): boolean => {
    const times = Math.abs(value) * THOUSAND;
    return times >= THOUSAND && Math.abs(times - Math.round(times)) < 1e-6 * times;
  };
  if (share < MIN_FAULT_SHARE || partOf(broken, isThousandth) < ALL) return null;
  return told(name, {
    share,
    detail: `${asPercent(share)} of the values have decimals, where all were whole, and are whole times 1,000; ${asPercent(before)} were 1,000 or more, and ${asPercent(left)} are: a mark between thousands was read as that before decimals`,
  });
}

function told(name: string, { detail, share }: { detail: string; share: number }): Suspicion {
  return suspicion('unit_change', name, { detail, share, statistic: share, p: 0, doubt: 1e-3 });
}
