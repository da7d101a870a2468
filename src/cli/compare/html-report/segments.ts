import type { SegmentComparison } from '../../../core/findings.ts';
import { wholeNumber, words } from '../../../words/page-format.ts';
import { html } from '../../../words/html.ts';
import type { Html } from '../../../words/html.ts';
import { markShown } from './mark-shown.ts';
import { markOf } from '../../../words/verdict-mark.ts';
import { psiFigure } from './figures.ts';

const MOST_NAMED = 4;

export function segmentSection(segments: readonly SegmentComparison[]): Html | null {
  if (segments.length === 0) return null;
  return html`<section>
    <h2>Segments</h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th></th>
            <th class="n">reference</th>
            <th class="n">now</th>
            <th>verdict</th>
            <th>moved</th>
          </tr>
        </thead>
        <tbody>
          ${segments.map(segmentRow)}
        </tbody>
      </table>
    </div>
  </section>`;
}

function segmentRow({ segment, reference, current, diagnosis, features }: SegmentComparison): Html {
  const mark = markOf(diagnosis.verdict);
  const moved = features.filter(({ status }) => status === 'drift' || status === 'fault');
  const names = moved
    .slice(0, MOST_NAMED)
    .map(({ name, faults, metrics }) =>
      faults.length > 0
        ? `${name} (${faults.map(words).join(', ')})`
        : `${name} (PSI ${psiFigure(metrics.psi)})`,
    );
  const more = moved.length - names.length;
  return html`<tr>
    <th>${segment}</th>
    <td class="n">${wholeNumber(reference.rows)}</td>
    <td class="n">${wholeNumber(current.rows)}</td>
    <td>${markShown(mark)}</td>
    <td>${[...names, ...(more > 0 ? [`${more} more`] : [])].join(', ')}</td>
  </tr>`;
}
