import { resolvePeriod } from '../../core/windows/period.ts';
import { knownParameter } from '../address/known-parameter.ts';
import { useAddress } from '../address/use-address.ts';
import { Problems } from '../parts/problems.tsx';

/** What the address says of every screen and is not understood, a sentence each; the default is used instead. */
export function AddressProblem() {
  const address = useAddress();
  const problems: string[] = [];
  const read = resolvePeriod({ from: address.get('from'), to: address.get('to') }, Date.now(), Date.now());
  if (!read.ok)
    problems.push(`The address names no period (${read.error}): the newest seven days are shown.`);
  const isZone = (text: string): boolean => text === 'utc' || text === 'local';
  knownParameter(address, 'tz', isZone, { instead: 'times are UTC', problems });
  const isTheme = (text: string): boolean => text === 'light' || text === 'dark';
  knownParameter(address, 'theme', isTheme, { instead: 'colours are the system’s', problems });
  return <Problems problems={problems} />;
}

/** `from` and `to` of the address for the API; nothing where they are not understood. */
export function usePeriodText(): { readonly from: string | null; readonly to: string | null } {
  const address = useAddress();
  const text = { from: address.get('from'), to: address.get('to') };
  return resolvePeriod(text, Date.now(), Date.now()).ok ? text : { from: null, to: null };
}
