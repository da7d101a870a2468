import { apiUrl } from '../data/fetch-json.ts';
import { useApi } from '../data/use-api.ts';

interface OpenAlerts {
  readonly items: readonly { readonly state: string }[];
  readonly next_cursor: string | null;
}

/** How many incidents fire, in the header of every screen. */
export function OpenIncidents() {
  const { data } = useApi<OpenAlerts>(apiUrl('/alerts', { state: 'firing', limit: 100 }));
  if (data === undefined || data.items.length === 0) return null;
  const more = data.next_cursor === null ? '' : '+';
  return (
    <span className="count concept">
      {data.items.length}
      {more}
      <span className="hidden"> open</span>
    </span>
  );
}
