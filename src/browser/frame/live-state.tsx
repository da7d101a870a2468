import { minuteText } from '../address/clock-text.ts';
import { useTimeZone } from '../address/time-zone.ts';
import { useLive } from '../data/live.ts';

/** Whether the screen follows by itself, or since when it does not. */
export function LiveState() {
  const { state, lastMs } = useLive();
  const { timeZone } = useTimeZone();
  const text = {
    connecting: 'connecting …',
    live: 'live',
    lost: lastMs === null ? 'not live' : `not live, last seen ${minuteText(lastMs, timeZone).slice(-5)}`,
  }[state];
  return (
    <span role="status" className={`small live-${state}`}>
      {text}
    </span>
  );
}
