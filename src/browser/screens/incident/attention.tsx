import type { ReactNode } from 'react';
import type { Investigation } from '../../../store/rows/investigations.ts';
import { displayText } from '../../../words/display-text.ts';
import { useTimeZone } from '../../address/time-zone.ts';
import { Go } from '../../parts/link.tsx';
import { Moment } from '../../parts/moment.tsx';
import { useExpectation, useSilencesOf } from './said-before.tsx';

/** What people have said of it, what holds messages back, and when the next one comes. */
export function Attention({ data: { alert } }: { data: Investigation }) {
  const { name } = useTimeZone();
  const silences = useSilencesOf(alert);
  const expectation = useExpectation(alert);
  const { acknowledged, snoozed, closed, follows, held, next_reminder_at: reminder, state } = alert;
  const until = (at: string | null): ReactNode =>
    at === null ? null : (
      <>
        {' '}
        until <Moment at={at} /> {name}
      </>
    );
  const lines: ReactNode[] = [];
  if (acknowledged !== null)
    lines.push(
      <>
        <strong>Acknowledged</strong> by {acknowledged.by}, <Moment at={acknowledged.at} />
        {until(acknowledged.until)}
        {comment(acknowledged.comment)}
      </>,
    );
  if (snoozed !== null)
    lines.push(
      <>
        <strong>Snoozed</strong> by {snoozed.by}
        {until(snoozed.until)}
        {comment(snoozed.comment)}
      </>,
    );
  for (const silence of silences)
    lines.push(
      <>
        <strong>Silenced</strong> by {silence.author}
        {until(silence.ends_at)}
        {comment(silence.comment)}
      </>,
    );
  if (closed !== null)
    lines.push(
      <>
        <strong>{closed.expected ? 'Expected' : 'Closed'}</strong>, says {closed.by}
        {comment(closed.comment)}. Windows that end up to <Moment at={closed.until} /> {name} do not open it
        again
        {expectation === null ? null : (
          <>; later ones that show the same tell nobody{until(expectation.until)}</>
        )}
        .
      </>,
    );
  if (follows !== null)
    lines.push(
      <>
        Shows <Go to={`/incidents/${follows}`}>incident {follows}</Go> again, which somebody had closed.
      </>,
    );
  if (held !== null && snoozed === null && silences.length === 0)
    lines.push(
      isHeldBySaid(held.reason) && acknowledged === null ? (
        <>A message that was held back is about to be sent.</>
      ) : (
        <>
          A message is held back by {displayText(held.by, 80)}
          {until(held.until)}.
        </>
      ),
    );
  const isQuiet = acknowledged !== null || snoozed !== null || silences.length > 0 || held !== null;
  if (reminder !== null && (state === 'firing' || state === 'recovering') && !isQuiet)
    lines.push(
      <span className="soft">
        Next reminder <Moment at={reminder} /> {name}, unless somebody acknowledges it.
      </span>,
    );
  return lines.length === 0 ? null : (
    <ul className="incident-said">
      {lines.map((line, at) => (
        <li key={at}>{line}</li>
      ))}
    </ul>
  );
}

/** By what people say, which is listed where it still holds. */
function isHeldBySaid(reason: string): boolean {
  return ['snoozed', 'silenced', 'acknowledged'].includes(reason);
}

function comment(text: string): string {
  return text === '' ? '' : `: ${displayText(text, 300)}`;
}
