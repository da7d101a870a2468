import type { Fleet, FleetModel } from '../../../store/rows/fleet.ts';
import { apiUrl } from '../../data/fetch-json.ts';
import { type Asked, useApi } from '../../data/use-api.ts';
import { useSettled } from '../../data/use-settled.ts';
import type { FleetQuery } from './fleet-request.ts';

/** Two screens of rows: a page that is seen and what comes next are two requests at most. */
const PAGE = 50;
const SCROLLED_MS = 80;

interface ShownFleet {
  /** Of the page that is seen. */
  readonly asked: Asked<Fleet>;
  /** A model by its place among those that fit; null while it is on its way. */
  at(place: number): FleetModel | null;
}

/** The models that are on screen, from the first to the last place. */
export function useFleet(query: FleetQuery, first: number, last: number): ShownFleet {
  const top = useSettled(Math.floor(first / PAGE), SCROLLED_MS);
  const bottom = useSettled(Math.floor(last / PAGE), SCROLLED_MS);
  const url = (page: number): string => apiUrl('/fleet', { ...query, limit: PAGE, offset: page * PAGE });
  const asked = useApi<Fleet>(url(top));
  const below = useApi<Fleet>(bottom > top ? url(bottom) : null);
  return {
    asked,
    at: (place) => {
      for (const data of [asked.data, below.data]) {
        const row = data?.items[place - data.offset];
        if (row !== undefined) return row;
      }
      return null;
    },
  };
}
