import type { AlertRow } from '../../../store/rows/alerts.ts';
import type { Investigation } from '../../../store/rows/investigations.ts';
import { displayText } from '../../../words/display-text.ts';
import { useTimeZone } from '../../address/time-zone.ts';
import { Go } from '../../parts/link.tsx';
import { Moment } from '../../parts/moment.tsx';
import { mergedInto } from './story-entries.ts';
import { useExpectation, useSilencesOf } from './said-before.tsx';

/** What people have said of it, what holds messages back, and when the next one comes. */
export function WhoLooksAfterIt({ data }: { data: Investigation }) {
  const { alert } = data;
  const silences = useSilencesOf(alert);
  const into = mergedInto(data);
  const { acknowledged, snoozed, closed, follows } = alert;
  return (
    <ul className="incident-said">
      {acknowledged === null ? null : (
        <li>
          <strong>Acknowledged</strong> by {acknowledged.by}, <Moment at={acknowledged.at} />
          <Until at={acknowledged.until} />
          {comment(acknowledged.comment)}
        </li>
      )}
      {snoozed === null ? null : (
        <li>
          <strong>Snoozed</strong> by {snoozed.by}
          <Until at={snoozed.until} />
          {comment(snoozed.comment)}
        </li>
      )}
      {silences.map(({ id, author, ends_at: endsAt, comment: why, holds }) => (
        <li key={id}>
          <strong>{holds ? 'Silenced' : 'A silence'}</strong> by {author}
          <Until at={endsAt} />
          {comment(why)}
          {holds
            ? ''
            : '. It does not hold this one back: it is of other kinds or features than those shown now.'}
        </li>
      ))}
      {closed === null ? null : <Closed alert={alert} closed={closed} />}
      {into === null ? null : (
        <li>
          It goes on as part of <Go to={`/incidents/${into}`}>incident {into}</Go>: inputs and labels of one
          event are one incident.
        </li>
      )}
      {follows === null ? null : (
        <li>
          Shows <Go to={`/incidents/${follows}`}>incident {follows}</Go> again, which had been closed.
        </li>
      )}
      <Coming alert={alert} isSilenced={silences.some(({ holds }) => holds)} />
    </ul>
  );
}

function Until({ at }: { at: string | null }) {
  const { name } = useTimeZone();
  return at === null ? null : (
    <>
      {' '}
      until <Moment at={at} /> {name}
    </>
  );
}

function Closed({ alert, closed }: { alert: AlertRow; closed: NonNullable<AlertRow['closed']> }) {
  const { name } = useTimeZone();
  const expectation = useExpectation(alert);
  return (
    <li>
      {closed.replaced_by === null ? (
        <>
          <strong>{closed.expected ? 'Expected' : 'Closed'}</strong>, says {closed.by}
        </>
      ) : (
        <>
          <strong>Closed</strong>, because version {displayText(closed.replaced_by, 80)} has replaced{' '}
          {displayText(alert.version, 80)}
        </>
      )}
      {comment(closed.comment.replace(/\.$/, ''))}. Windows that end up to <Moment at={closed.until} /> {name}{' '}
      do not open it again
      {expectation === null ? null : (
        <>
          ; later ones that show the same tell nobody
          <Until at={expectation.until} />
        </>
      )}
      .
    </li>
  );
}

/** What is told next, and what is not. */
function Coming({ alert, isSilenced }: { alert: AlertRow; isSilenced: boolean }) {
  const { name } = useTimeZone();
  const { acknowledged, snoozed, held, next_reminder_at: reminder, state } = alert;
  if (snoozed !== null || isSilenced) return null;
  if (held !== null) {
    return isHeldBySaid(held.reason) && acknowledged === null ? (
      <li>A message that was held back is about to be sent.</li>
    ) : (
      <li>
        A message is held back by {displayText(held.by, 80)}
        <Until at={held.until} />.
      </li>
    );
  }
  const isOpen = state === 'firing' || state === 'recovering';
  return reminder === null || !isOpen || acknowledged !== null ? null : (
    <li className="soft">
      Next reminder <Moment at={reminder} /> {name}, unless somebody acknowledges it.
    </li>
  );
}

/** By what people say, which is listed where it still holds. */
function isHeldBySaid(reason: string): boolean {
  return ['snoozed', 'silenced', 'acknowledged'].includes(reason);
}

function comment(text: string): string {
  return text === '' ? '' : `: ${displayText(text, 300)}`;
}
