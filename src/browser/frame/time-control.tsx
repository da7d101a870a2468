import { type FormEvent, useId, useState } from 'react';
import type { Period } from '../../core/windows/period.ts';
import { fieldOfMoment, minuteText } from '../address/clock-text.ts';
import { momentOfField, useTimeZone } from '../address/time-zone.ts';
import { useAddress } from '../address/use-address.ts';

const SPANS = [
  ['latest-1d', '1 day'],
  ['latest-7d', '7 days'],
  ['latest-30d', '30 days'],
  ['latest-90d', '90 days'],
] as const;

/** The period of every chart on a screen: read, set by hand, widened, or taken back to the newest data. */
export function TimeControl({ period }: { period: Period | null }) {
  const address = useAddress();
  const { timeZone, name } = useTimeZone();
  const set = (from: string | null, to: string | null): void => address.set({ from, to });
  const isLatest = address.get('from') === null && address.get('to') === null;
  return (
    <div className="time-control" role="group" aria-label="Period">
      <span className="period">
        {period === null
          ? 'No data yet'
          : `${minuteText(period.fromMs, timeZone)} to ${minuteText(period.toMs, timeZone)} ${name}`}
      </span>
      {SPANS.map(([from, text]) => (
        <button
          key={from}
          type="button"
          aria-pressed={address.get('from') === from && address.get('to') === null}
          onClick={() => set(from, null)}
        >
          {text}
        </button>
      ))}
      <button type="button" disabled={period === null} onClick={() => period !== null && widen(period, set)}>
        Zoom out
      </button>
      <button type="button" disabled={isLatest} onClick={() => set(null, null)}>
        Latest
      </button>
      <OtherPeriod period={period} set={set} />
    </div>
  );
}

function widen({ fromMs, toMs }: Period, set: (from: string, to: string) => void): void {
  const half = (toMs - fromMs) / 2;
  set(new Date(fromMs - half).toISOString(), new Date(toMs + half).toISOString());
}

/** By keyboard: two fields, read as UTC or local as times are shown. */
function OtherPeriod({ period, set }: { period: Period | null; set: (from: string, to: string) => void }) {
  const { timeZone } = useTimeZone();
  const fields = useId();
  const [problem, setProblem] = useState<string | null>(null);
  const apply = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [from, to] = ['from', 'to'].map((name) => momentOfField(form.get(name), timeZone));
    if (from === null || from === undefined || to === null || to === undefined) {
      setProblem('Give both times.');
    } else if (from >= to) setProblem('The period must begin before it ends.');
    else {
      setProblem(null);
      set(new Date(from).toISOString(), new Date(to).toISOString());
    }
  };
  const shown = (ms: number | undefined): string => (ms === undefined ? '' : fieldOfMoment(ms, timeZone));
  return (
    <details>
      <summary>Other period</summary>
      <form onSubmit={apply} key={`${period?.fromMs}-${period?.toMs}-${timeZone}`}>
        <label htmlFor={`${fields}-from`}>From</label>
        <input id={`${fields}-from`} name="from" type="datetime-local" defaultValue={shown(period?.fromMs)} />
        <label htmlFor={`${fields}-to`}>To</label>
        <input id={`${fields}-to`} name="to" type="datetime-local" defaultValue={shown(period?.toMs)} />
        <button type="submit">Apply</button>
        {problem === null ? null : <span role="alert">{problem}</span>}
      </form>
    </details>
  );
}
