import type { AlertCounts } from '../../store/rows/alerts.ts';
import { wholeNumber } from '../../words/page-format.ts';
import { apiUrl } from '../data/fetch-json.ts';
import { useApi } from '../data/use-api.ts';

/** How many incidents are open, as the fleet counts them, in the header of every screen. */
export function OpenIncidents() {
  const { data, error } = useApi<AlertCounts>(apiUrl('/alerts/counts'));
  if (error !== undefined) {
    return (
      <span
        className="count none"
        title="How many are open is not known: the server does not answer. Look for why: shiftwatch doctor"
      >
        ?<span className="hidden"> open: the server does not say</span>
      </span>
    );
  }
  const open = data === undefined ? 0 : data.firing + data.recovering;
  if (open === 0) return null;
  return (
    <span className="count concept">
      {wholeNumber(open)}
      <span className="hidden"> open</span>
    </span>
  );
}
