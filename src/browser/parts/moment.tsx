import { minuteText } from '../address/clock-text.ts';
import { useTimeZone } from '../address/time-zone.ts';

/** A moment in the zone that is shown; its exact text for programs. */
export function Moment({ at, none = 'never' }: { at: string | null; none?: string }) {
  const { timeZone } = useTimeZone();
  return at === null ? (
    <span className="soft">{none}</span>
  ) : (
    <time dateTime={at}>{minuteText(at, timeZone)}</time>
  );
}
