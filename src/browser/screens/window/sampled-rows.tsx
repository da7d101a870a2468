import { useState } from 'react';
import type { WindowSample } from '../../../store/rows/inspection.ts';
import { displayText } from '../../../words/display-text.ts';
import { minuteText } from '../../address/clock-text.ts';
import { useTimeZone } from '../../address/time-zone.ts';
import { ApiError, apiUrl } from '../../data/fetch-json.ts';
import { useApi } from '../../data/use-api.ts';
import { Loaded } from '../../parts/state-notes.tsx';

/** Rows as they were logged, shown to nobody who has not asked for them. */
export function SampledRows({ windowId }: { windowId: string }) {
  const [isAsked, ask] = useState(false);
  const asked = useApi<WindowSample>(isAsked ? apiUrl(`/windows/${windowId}/sample`) : null);
  const isRefused = asked.error instanceof ApiError && asked.error.status === 403;
  if (!isAsked) {
    return (
      <div className="sample-ask">
        <span className="pill fault">personal data</span>
        <button type="button" onClick={() => ask(true)}>
          Show stored rows
        </button>
        <span className="small soft">
          A hundred rows of this window as they are kept. Needs the scope operate.
        </span>
      </div>
    );
  }
  return (
    <>
      <div className="sample-ask">
        <span className="pill fault">personal data</span>
        <button type="button" onClick={() => ask(false)}>
          Hide stored rows
        </button>
      </div>
      {isRefused ? (
        <p role="alert">Your token may read, but not see rows: this needs the scope operate.</p>
      ) : (
        <Loaded asked={asked}>
          {(data) => (data.rows.length === 0 ? <p>{data.note}</p> : <Rows data={data} />)}
        </Loaded>
      )}
    </>
  );
}

function Rows({ data: { features, rows } }: { data: WindowSample }) {
  const { timeZone } = useTimeZone();
  return (
    <div className="scroll numbers-frame" tabIndex={0} role="region" aria-label="Stored rows, personal data">
      <table>
        <thead>
          <tr>
            {['Time', 'Prediction', 'Score', 'Label', ...features].map((name, at) => (
              <th key={at} scope="col">
                {displayText(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              <td>{row.at === null ? '' : minuteText(row.at, timeZone)}</td>
              {[row.prediction, row.score, row.label, ...row.values].map((value, column) => (
                <td key={column}>{value === null ? '' : displayText(String(value))}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
