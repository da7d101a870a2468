import { knownParameter } from '../../address/known-parameter.ts';
import { useAddress } from '../../address/use-address.ts';
import { VERDICTS } from '../../../core/findings.ts';
import { ScreenTitle } from '../../frame/screen-title.tsx';
import { Problems } from '../../parts/problems.tsx';
import { VerdictChoice } from '../../parts/verdict-choice.tsx';
import { IncidentList } from './incident-list.tsx';
import '../../style/incidents.css';

const STATES = ['all', 'open', 'resolved'] as const;

/** All incidents, open ones first. */
export function IncidentsScreen() {
  const address = useAddress();
  const problems: string[] = [];
  const state =
    knownParameter(address, 'state', (text) => STATES.some((each) => each === text), {
      instead: 'all are shown',
      problems,
    }) ?? 'all';
  const verdict = knownParameter(
    address,
    'verdict',
    (text) => [...VERDICTS, 'no_data'].some((each) => each === text),
    { instead: 'every verdict is shown', problems },
  );
  const model = knownParameter(address, 'model', (text) => text.length <= 256, {
    instead: 'every model is shown',
    problems,
  });
  // What is silent has no verdict: it is a cause of its own.
  const narrowed = verdict === 'no_data' ? { model, cause: verdict } : { model, verdict };
  const isNarrowed = model !== null || verdict !== null;
  const chosen = `${model ?? ''} ${verdict ?? ''}`;
  return (
    <>
      <ScreenTitle title="Incidents" />
      <Problems problems={problems} />
      <IncidentControls key={model} {...{ state, verdict, model }} />
      {state === 'resolved' ? null : (
        <IncidentList
          key={`open ${chosen}`}
          title="Open"
          parameters={{ ...narrowed, open: true }}
          nothing={isNarrowed ? 'No open incident fits.' : 'No incident is open.'}
        />
      )}
      {state === 'open' ? null : (
        <IncidentList
          key={`resolved ${chosen}`}
          title="Resolved"
          parameters={{ ...narrowed, state: 'resolved' }}
          nothing={isNarrowed ? 'No resolved incident fits.' : 'No incident has been resolved.'}
        />
      )}
    </>
  );
}

type ControlsProps = Readonly<Record<'verdict' | 'model', string | null>> & { readonly state: string };

function IncidentControls({ state, verdict, model }: ControlsProps) {
  const address = useAddress();
  return (
    <form
      className="filters"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        const given = new FormData(event.currentTarget).get('model');
        address.set({ model: typeof given === 'string' ? given.trim() || null : null });
      }}
    >
      <label>
        State
        <select
          value={state}
          onChange={(event) =>
            address.set({ state: event.target.value === 'all' ? null : event.target.value })
          }
        >
          {STATES.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      </label>
      <VerdictChoice value={verdict} choose={(chosenVerdict) => address.set({ verdict: chosenVerdict })} />
      <label>
        Model
        <input name="model" type="search" defaultValue={model ?? ''} maxLength={256} placeholder="its name" />
      </label>
      <button type="submit">Show</button>
    </form>
  );
}
