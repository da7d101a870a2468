import { useEffect, useRef, useState } from 'react';
import type { AlertRow } from '../../../store/rows/alerts.ts';
import type { IncidentAction, Investigation } from '../../../store/rows/investigations.ts';
import { minuteText } from '../../address/clock-text.ts';
import { momentOfField, useTimeZone } from '../../address/time-zone.ts';
import { send } from '../../data/fetch-json.ts';
import { useMayOperate } from '../../data/use-session.ts';
import { ReadOnly } from '../../parts/read-only.tsx';
import { Deed } from './deed.tsx';
import { Expectation, Silences } from './said-before.tsx';
import { matchersOf, SilenceFields } from './silence-fields.tsx';
import { UntilField, untilOf } from './until-field.tsx';
import { sendDeed } from './use-incident.ts';

interface ActionProps {
  readonly alert: AlertRow;
  readonly tell: (text: string) => void;
}

/** What can be done about it now, and what was done taken back; the outcome is told beside. */
export function Actions({ data: { alert, actions } }: { data: Investigation }) {
  const [said, tell] = useState('');
  const outcome = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    // A button that is gone cannot have the focus back.
    if (said !== '' && document.activeElement === document.body) outcome.current?.focus();
  }, [said, actions]);
  const mayOperate = useMayOperate();
  if (!mayOperate) return <ReadOnly what="act on it" />;
  const can = (action: IncidentAction): boolean => actions.includes(action);
  const shared = { alert, tell };
  return (
    <div className="incident-actions">
      <div role="group" aria-label="What can be done" className="incident-buttons">
        {can('acknowledge') || can('unacknowledge') ? <Acknowledge {...shared} /> : null}
        {can('snooze') || can('unsnooze') ? <Snooze {...shared} /> : null}
        {can('silence') ? <Silence {...shared} /> : null}
        <Silences {...shared} />
        {can('expected') ? <Expected {...shared} /> : null}
        <Expectation {...shared} />
        {can('resolve') ? <Resolve {...shared} /> : null}
      </div>
      <p role="status" ref={outcome} tabIndex={-1} className="incident-outcome">
        {said}
      </p>
    </div>
  );
}

function Acknowledge({ alert, tell }: ActionProps) {
  return (
    <Deed
      name="Acknowledge"
      isMain
      explains="You look after it: no reminders while it lasts, unless it shows a new kind of shift."
      act={({ author, comment }) => sendDeed('POST', alert, 'acknowledge', { author, comment })}
      tell={tell}
      told={({ author }) => `Acknowledged by ${author}: no reminders while it lasts.`}
      undo={
        alert.acknowledged === null
          ? undefined
          : {
              name: 'Take back acknowledgement',
              act: () => sendDeed('DELETE', alert, 'acknowledge'),
              told: 'Taken back: nobody looks after it, and reminders come again.',
            }
      }
    />
  );
}

function Snooze({ alert, tell }: ActionProps) {
  const { timeZone, name } = useTimeZone();
  return (
    <Deed
      name="Snooze"
      explains="Nothing is told of it until then, except that it is over."
      act={({ author, comment, form }) =>
        sendDeed('POST', alert, 'snooze', { author, comment, until: untilOf(form, timeZone) })
      }
      tell={tell}
      told={({ author, form }) =>
        `Snoozed by ${author} until ${minuteText(untilOf(form, timeZone), timeZone)} ${name}.`
      }
      undo={
        alert.snoozed === null
          ? undefined
          : {
              name: 'End snooze',
              act: () => sendDeed('DELETE', alert, 'snooze'),
              told: 'The snooze has ended; what it held back is told.',
            }
      }
    >
      <UntilField label="For how long" choices={['2h', '8h', 'morning']} />
    </Deed>
  );
}

function Silence({ alert, tell }: ActionProps) {
  const { timeZone, name } = useTimeZone();
  return (
    <Deed
      name="Silence"
      explains="Nobody is told of incidents that fit, this one and others, until then."
      needsComment
      act={({ author, comment, form }) =>
        send('POST', '/silences', {
          author,
          comment,
          matchers: matchersOf(form, alert),
          ends_at: untilOf(form, timeZone),
        })
      }
      tell={tell}
      told={({ author, form }) =>
        `Silenced by ${author} until ${minuteText(untilOf(form, timeZone), timeZone)} ${name}.`
      }
    >
      <SilenceFields alert={alert} />
      <UntilField label="For how long" choices={['2h', '8h', '1d', '7d']} />
    </Deed>
  );
}

function Expected({ alert, tell }: ActionProps) {
  const { timeZone, name } = useTimeZone();
  return (
    <Deed
      name="This was expected"
      explains="Closes it, and nobody is told of later windows that show the same change the same way. Another kind, other features or the other direction are told."
      needsComment
      act={({ author, comment, form }) => {
        const until = momentOfField(form.get('until'), timeZone);
        const dated = until === null ? {} : { until: new Date(until).toISOString() };
        return sendDeed('POST', alert, 'expected', { author, comment, ...dated });
      }}
      tell={tell}
      told={({ author }) => `Expected, says ${author}: later windows that show the same tell nobody.`}
    >
      <label>
        <span>Expected until ({name}; empty: until it is taken back)</span>
        <input name="until" type="datetime-local" />
      </label>
    </Deed>
  );
}

function Resolve({ alert, tell }: ActionProps) {
  return (
    <Deed
      name="Resolve"
      explains="Closes it until a window that ends after now shows it again; that is a new incident, which names this one."
      act={({ author, comment }) => sendDeed('POST', alert, 'resolve', { author, comment })}
      tell={tell}
      told={({ author }) =>
        `Resolved by ${author}. A window that ends after now and shows it again opens a new one.`
      }
    />
  );
}
