import type { SegmentComparison } from '../../../core/findings.ts';
import { wholeNumber, words } from '../../../words/page-format.ts';
import { html } from '../../../words/html.ts';
import type { Html } from '../../../words/html.ts';
import { markShown } from './mark-shown.ts';
import { markOf } from '../../../words/verdict-mark.ts';
import { isShift } from '../../../files/compare/outcome.ts';
import { psiFigure } from './figures.ts';
import { leftOut, type Shelf } from './shelf.ts';

const MOST_NAMED = 4;

const OPEN = html`<section>
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
 `;
const CLOSE = html`</tbody>
    </table>
  </div>
</section>`;

/** In the order of their names; those that moved are shown first. */
export function segmentShelf(segments: readonly SegmentComparison[]): Shelf | null {
  if (segments.length === 0) return null;
  const rows = segments.map((segment) => ({
    rank: isShift(segment) ? 0 : 1,
    full: () => segmentRow(segment),
  }));
  return { open: OPEN, rows, close: CLOSE, of: 'segments' };
}

/** Of one window of many, those that moved, so many at most. */
export function segmentsThatMoved(
  segments: readonly SegmentComparison[],
  most: number,
  command: string,
): Html | null {
  const moved = segments.filter(isShift);
  if (moved.length === 0) return null;
  const more = moved.length - most;
  return html`${OPEN}${moved.slice(0, most).map(segmentRow)}${CLOSE}${more > 0 ? leftOut(`${wholeNumber(more)} more segments are`, command) : null}`;
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
