import { useAddress } from './use-address.ts';

/** The zone that times are shown in (`tz` of the address), and its name for people. */
export function useTimeZone(): { readonly timeZone: string; readonly name: string } {
  const local = useAddress().get('tz') === 'local';
  const timeZone = local ? Intl.DateTimeFormat().resolvedOptions().timeZone : 'UTC';
  return { timeZone, name: timeZone };
}

/** What a field for a date and a time holds, read as the zone's clock. Null: it holds none. */
export function momentOfField(text: FormDataEntryValue | null, timeZone: string): number | null {
  if (typeof text !== 'string') return null;
  const ms = Date.parse(timeZone === 'UTC' ? `${text}Z` : text);
  return Number.isNaN(ms) ? null : ms;
}
