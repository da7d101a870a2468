import type { Investigation } from '../../../store/rows/investigations.ts';
import { displayText } from '../../../words/display-text.ts';
import { plural } from '../../../words/page-format.ts';
import { FAULT_WORDS } from '../../../words/words.ts';
import { modelPath } from '../../address/use-address.ts';
import { Go } from '../../parts/link.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Panel } from '../../parts/panel.tsx';
import { VerdictMark } from '../../parts/verdict-mark.tsx';
import { EvidenceGroupShown } from './evidence-group.tsx';
import { groupEvidence } from './group-evidence.ts';

/** Each line of evidence beside the picture that shows it, and both readings where there are two. */
export function EvidencePanel({ data, url }: { data: Investigation; url: string }) {
  const { alert, verdict, more_features: more } = data;
  if (alert.cause === 'no_data') return null;
  if (verdict === null) {
    return (
      <Panel title="Evidence">
        <p className="soft">
          What was judged is kept no longer, or its model is configured no more. The story below stays.
        </p>
      </Panel>
    );
  }
  const groups = groupEvidence(data);
  const isTogether = verdict.judged_windows > 1;
  return (
    <Panel
      title="Evidence"
      aside={
        <span className="small soft">
          {isTogether
            ? `${plural(verdict.judged_windows, 'window')} judged together:`
            : 'The newest window that shows it:'}{' '}
          <Moment at={verdict.start} /> to <Moment at={verdict.end} /> ·{' '}
          <Go to={`/windows/${verdict.window_id}`}>{isTogether ? 'the newest of them' : 'the window'}</Go>
        </span>
      }
    >
      <Readings data={data} />
      {groups.length === 0 ? <p className="soft">{nothingToSee(data)}</p> : null}
      {groups.map((group, at) => (
        <EvidenceGroupShown key={at} group={group} data={data} url={url} />
      ))}
      {more > 0 ? (
        <p>
          <Go to={modelPath(alert.model)}>{plural(more, 'more feature')} moved</Go>
        </p>
      ) : null}
    </Panel>
  );
}

function nothingToSee({ alert }: Investigation): string {
  return alert.cause === 'operational' && alert.state !== 'firing'
    ? 'The newest window is within its limits again.'
    : 'No single line of evidence was kept.';
}

/** Where it may be a fault or a change of the world: both, side by side. */
function Readings({ data: { verdict } }: { data: Investigation }) {
  const readings = verdict?.diagnosis.readings ?? [];
  if (readings.length === 0) return null;
  return (
    <div role="group" aria-label="Readings">
      <p>The rows do not decide between these readings:</p>
      <div className="columns">
        {readings.map((reading, at) => (
          <div key={at} className="reading">
            <h3>
              <VerdictMark verdict={reading.verdict} />
              {reading.fault === undefined ? '' : `: ${FAULT_WORDS[reading.fault]}`}
              {reading.feature === undefined ? '' : ` of ${displayText(reading.feature, 80)}`}
            </h3>
            <ul>
              {reading.for.map((line) => (
                <li key={line}>
                  <strong>for</strong> {displayText(line, 300)}
                </li>
              ))}
              {reading.against.map((line) => (
                <li key={line}>
                  <strong>against</strong> {displayText(line, 300)}
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
    </div>
  );
}
