import type { Period } from '../../../core/windows/period.ts';
import { useAddress } from '../../address/use-address.ts';

/** What lies under the charts over time: another stretch, or another version. */
export interface Against {
  readonly name: string;
  /** Instead of what the address says. */
  readonly over: Readonly<Record<string, string | null>>;
  /** By how much it is moved onto the period. */
  readonly byMs: number;
}

/** `against=before` and `against=version:NAME` of the address; anything else is nothing. */
export function useAgainst(period: Period | null): Against | null {
  const against = useAddress().get('against');
  if (against === null || period === null) return null;
  const { fromMs, toMs } = period;
  if (against === 'before') {
    const [from, to] = [2 * fromMs - toMs, fromMs].map((ms) => new Date(ms).toISOString());
    return { name: 'the period before', over: { from: from ?? null, to: to ?? null }, byMs: toMs - fromMs };
  }
  const version = against.startsWith('version:') ? against.slice('version:'.length) : '';
  if (version === '') return null;
  const [from, to] = [fromMs, toMs].map((ms) => new Date(ms).toISOString());
  return { name: `version ${version}`, over: { version, from: from ?? null, to: to ?? null }, byMs: 0 };
}

/** A moment of it, moved onto the period. */
export function movedOnto(at: string, byMs: number): string {
  return byMs === 0 ? at : new Date(Date.parse(at) + byMs).toISOString();
}
