import { formatTime } from '../../words/format.ts';
import { useTimeZone } from './time-zone.ts';

/** `20 Dec 00:00 UTC`, with the year where it is another than now. */
export function useMomentText(): (iso: string) => string {
  const { timeZone } = useTimeZone();
  const year = ` ${new Date().getFullYear()} `;
  return (iso) => formatTime(Date.parse(iso), timeZone).replace(year, ' ');
}
