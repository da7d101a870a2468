import { resolvePeriod } from '../../core/windows/period.ts';
import { useAddress } from '../address/use-address.ts';

/** What of the address is not understood, in one sentence; the default is used instead. */
export function AddressProblem() {
  const problem = useAddressProblem();
  return problem === null ? null : (
    <p className="failed" role="alert">
      {problem}
    </p>
  );
}

function useAddressProblem(): string | null {
  const address = useAddress();
  const read = resolvePeriod({ from: address.get('from'), to: address.get('to') }, Date.now(), Date.now());
  return read.ok ? null : `The address names no period (${read.error}): the newest seven days are shown.`;
}

/** `from` and `to` of the address for the API; nothing where they are not understood. */
export function usePeriodText(): { readonly from: string | null; readonly to: string | null } {
  const address = useAddress();
  const text = { from: address.get('from'), to: address.get('to') };
  return resolvePeriod(text, Date.now(), Date.now()).ok ? text : { from: null, to: null };
}
