import type { WindowInspection } from '../../../store/rows/inspection.ts';
import { displayText } from '../../../words/display-text.ts';
import { formatCount } from '../../../words/format.ts';
import { modelPath } from '../../address/use-address.ts';
import { Go } from '../../parts/link.tsx';
import { VerdictMark } from '../../parts/verdict-mark.tsx';

/** How each segment stands, those that show something first. */
export function SegmentTable({ data: { segments, window } }: { data: WindowInspection }) {
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Segments">
      <table>
        <thead>
          <tr>
            <th scope="col">Segment</th>
            <th scope="col">Verdict</th>
            <th scope="col" className="number">
              Rows
            </th>
            <th scope="col">What was found</th>
          </tr>
        </thead>
        <tbody>
          {segments.map(({ segment, verdict, rows, summary }) => (
            <tr key={segment}>
              <th scope="row">
                <Go to={modelPath(window.model)} with={{ segment }}>
                  {displayText(segment)}
                </Go>
              </th>
              <td>
                <VerdictMark verdict={verdict} />
              </td>
              <td className="number">{formatCount(rows)}</td>
              <td>{displayText(summary, 300)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
