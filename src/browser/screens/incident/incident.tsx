import { useEffect } from 'react';
import type { Investigation } from '../../../store/rows/investigations.ts';
import { displayText } from '../../../words/display-text.ts';
import { incidentName, subjectsInWords } from '../../../words/incident-name.ts';
import { useAddress } from '../../address/use-address.ts';
import { ApiError } from '../../data/fetch-json.ts';
import { ScreenTitle } from '../../frame/screen-title.tsx';
import { Go } from '../../parts/link.tsx';
import { Loaded } from '../../parts/state-notes.tsx';
import { NotFound } from '../not-found.tsx';
import { Around } from './around.tsx';
import { EvidencePanel } from './evidence-panel.tsx';
import { Meanwhile } from './meanwhile.tsx';
import { StandingPanel } from './standing-panel.tsx';
import { Story } from './story.tsx';
import { useIncident } from './use-incident.ts';
import '../../style/feature.css';
import '../../style/incident.css';

/** One incident: what every message links to. */
export function IncidentScreen({ params: { id = '' } }: { params: Readonly<Record<string, string>> }) {
  const asked = useIncident(id);
  if (asked.error instanceof ApiError && [400, 404].includes(asked.error.status))
    return <NotFound what={`There is no incident ${displayText(id, 40)}.`} />;
  return <Loaded asked={asked}>{(data) => <Shown key={data.alert.id} data={data} url={asked.url} />}</Loaded>;
}

function Shown({ data, url }: { data: Investigation; url: string }) {
  const { alert, neighbours } = data;
  useNeighbourKeys(neighbours);
  return (
    <>
      <ScreenTitle
        title={displayText(`${alert.model}: ${incidentName(alert)}${subjectsInWords(alert)}`, 200)}
      >
        <nav className="neighbours" aria-label="Incidents of this model">
          <Beside id={neighbours.previous} text="« earlier" keys="k" />
          <span className="soft">incident {alert.id}</span>
          <Beside id={neighbours.next} text="later »" keys="j" />
        </nav>
      </ScreenTitle>
      <StandingPanel data={data} />
      <Around data={data} />
      <EvidencePanel data={data} url={url} />
      <div className="columns">
        <Story data={data} />
        <Meanwhile data={data} />
      </div>
    </>
  );
}

function Beside({ id, text, keys }: { id: string | null; text: string; keys: string }) {
  return id === null ? (
    <span className="soft" aria-hidden>
      {text}
    </span>
  ) : (
    <span>
      <Go to={`/incidents/${id}`} with={SAME_PLACE}>
        {text}
      </Go>{' '}
      <kbd className="small soft">{keys}</kbd>
    </span>
  );
}

/** Another incident has another time. */
const SAME_PLACE = { from: null, to: null };

/** `j` goes to the later incident and `k` to the earlier one, but not while something is being written. */
function useNeighbourKeys({ previous, next }: Investigation['neighbours']): void {
  const address = useAddress();
  useEffect(() => {
    const go = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
      const to = event.key === 'j' ? next : event.key === 'k' ? previous : null;
      if (to !== null) address.go(`/incidents/${to}`, SAME_PLACE);
    };
    document.addEventListener('keydown', go);
    return () => document.removeEventListener('keydown', go);
  }, [address, previous, next]);
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, dialog') !== null;
}
