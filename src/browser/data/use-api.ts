import useSWR from 'swr';
import { ApiError, fetchJson } from './fetch-json.ts';

/** What a panel knows of its data. */
export interface Asked<T> {
  readonly url: string;
  readonly data: T | undefined;
  readonly error: Error | undefined;
  readonly isLoading: boolean;
  /** Asks again. */
  again(): void;
}

/** Nothing is polled where news come by themselves; this is for when they do not. */
const REFRESH_MS = 60_000;

/**
 * Asks the API, once for all who want the same; null asks nothing. What was there stays on screen while the next is on
 * its way.
 */
export function useApi<T>(url: string | null): Asked<T> {
  const { data, error, isLoading, mutate } = useSWR<T, Error>(url, fetchJson, {
    keepPreviousData: true,
    refreshInterval: REFRESH_MS,
    // What is refused stays refused; a server that is away is asked again.
    shouldRetryOnError: (failure) => !(failure instanceof ApiError) || failure.status >= 500,
  });
  return { url: url ?? '', data, error, isLoading, again: () => void mutate() };
}
