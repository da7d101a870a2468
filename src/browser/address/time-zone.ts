import { useAddress } from './use-address.ts';

/** The zone that times are shown in (`tz` of the address), and its name for people. */
export function useTimeZone(): { readonly timeZone: string; readonly name: string } {
  const local = useAddress().get('tz') === 'local';
  const timeZone = local ? Intl.DateTimeFormat().resolvedOptions().timeZone : 'UTC';
  return { timeZone, name: timeZone };
}

/** `2026-03-01 12:00`, of a zone's clock. */
export function minuteText(moment: string | number, timeZone: string): string {
  const at = typeof moment === 'number' ? moment : Date.parse(moment);
  if (Number.isNaN(at)) return '';
  const parts = formatOf(timeZone).formatToParts(at);
  const figure = (type: Intl.DateTimeFormatPartTypes): string =>
    parts.find((part) => part.type === type)?.value ?? '';
  return `${figure('year')}-${figure('month')}-${figure('day')} ${figure('hour')}:${figure('minute')}`;
}

const FORMATS = new Map<string, Intl.DateTimeFormat>();

/** Making one takes as long as writing fifty times, and a screen may hold thousands. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = FORMATS.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  FORMATS.set(timeZone, format);
  return format;
}

/** What a field for a date and a time holds, read as the zone's clock. Null: it holds none. */
export function momentOfField(text: FormDataEntryValue | null, timeZone: string): number | null {
  if (typeof text !== 'string') return null;
  const ms = Date.parse(timeZone === 'UTC' ? `${text}Z` : text);
  return Number.isNaN(ms) ? null : ms;
}
