import { useState } from 'react';
import type { DeliveryDetail, DeliveryRow } from '../../../store/rows/deliveries.ts';
import type { Investigation } from '../../../store/rows/investigations.ts';
import { capital, displayText } from '../../../words/display-text.ts';
import { formatCount } from '../../../words/format.ts';
import { plural, words } from '../../../words/page-format.ts';
import { KIND_WORDS } from '../../../words/words.ts';
import { useTimeZone } from '../../address/time-zone.ts';
import { apiUrl } from '../../data/fetch-json.ts';
import { useApi } from '../../data/use-api.ts';
import { Go } from '../../parts/link.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Loaded } from '../../parts/state-notes.tsx';
import { type StoryEntry, storyEntries } from './story-entries.ts';

/** What was decided and when, and every message with its deliveries, oldest first. */
export function Story({ data }: { data: Investigation }) {
  const { name } = useTimeZone();
  const entries = storyEntries(data);
  return (
    <Panel title="Story" aside={<span className="small soft">when it was decided, {name}</span>}>
      {data.more_story ? <p className="soft">What came before is left out here.</p> : null}
      {entries.length === 0 ? <p className="soft">Nothing was written down of it.</p> : null}
      <ol className="story">
        {entries.map((entry) => (
          <li key={keyOf(entry)}>
            <Moment at={entry.at} />
            <div>
              <Entry entry={entry} />
            </div>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function keyOf(entry: StoryEntry): string {
  return entry.is === 'decision' ? `d${entry.events[0]?.id ?? ''}` : `m${entry.deliveries[0]?.id ?? ''}`;
}

function Entry({ entry }: { entry: StoryEntry }) {
  if (entry.is === 'message') {
    return (
      <>
        <strong>
          Message: {(KIND_WORDS as Readonly<Record<string, string>>)[entry.about] ?? words(entry.about)}
        </strong>
        <ul className="deliveries">
          {entry.deliveries.map((delivery) => (
            <li key={delivery.id}>
              <Delivery delivery={delivery} />
            </li>
          ))}
        </ul>
      </>
    );
  }
  const { events, says, by, comment } = entry;
  const [last] = events.slice(-1);
  const windowId = last?.window_id ?? null;
  return (
    <>
      <strong>{entry.name}</strong>
      {events.length > 1 ? ` in ${formatCount(events.length)} windows, up to ` : ''}
      {events.length > 1 ? <Moment at={last?.at ?? null} /> : null}
      {says === '' ? '' : `: ${says}`}
      {by === null ? '' : `, by ${displayText(by, 100)}`}
      {comment === null ? '' : `: ${displayText(comment, 300)}`}
      {windowId === null ? null : (
        <>
          {' '}
          <Go to={`/windows/${windowId}`} className="small">
            window {windowId}
          </Go>
        </>
      )}
    </>
  );
}

/** To whom, in which state, and what each attempt was answered. */
function Delivery({ delivery }: { delivery: DeliveryRow }) {
  const [isOpen, setOpen] = useState(false);
  const { kind, target, endpoint, state, attempts, reason, id } = delivery;
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {capital(kind)} to {displayText(target, 100)}{' '}
        <span className="soft">({displayText(endpoint, 60)})</span>:{' '}
        <span className={`pill ${STATE_STYLES[state] ?? 'none'}`}>{words(state)}</span>
        <span className="soft">
          {' '}
          {plural(attempts, 'attempt')}
          {reason === null ? '' : `: ${displayText(reason, 200)}`}
        </span>
      </summary>
      {isOpen ? <Attempts id={id} /> : null}
    </details>
  );
}

const STATE_STYLES: Readonly<Record<string, string>> = { sent: 'ok', dead: 'concept', failed: 'concept' };

function Attempts({ id }: { id: string }) {
  const asked = useApi<DeliveryDetail>(apiUrl(`/deliveries/${id}`));
  return (
    <Loaded asked={asked}>
      {({ attempt_log: log, message_id: message }) => (
        <>
          <ol className="small">
            {log.map(({ attempt, at, outcome, status, detail }) => (
              <li key={attempt}>
                <Moment at={at} /> {words(outcome)}
                {status === null ? '' : ` ${status}`}
                {detail === null ? '' : `: ${displayText(detail, 300)}`}
              </li>
            ))}
          </ol>
          <p className="small soft">{message}</p>
        </>
      )}
    </Loaded>
  );
}
