import { html } from '../../../words/html.ts';
import type { Html } from '../../../words/html.ts';

/**
 * One row of cells as a picture: equal neighbours are one stroke, and all of a class one path. Null is an empty cell. At most a stroke a cell, seven
 * letters each.
 *
 * @param label null: words beside it say the same
 */
export function ribbon(cells: readonly (string | null)[], label: string | null): Html {
  const strokes = new Map<string, string>();
  for (let at = 0; at < cells.length;) {
    const style = cells[at] ?? null;
    const from = at;
    while (at < cells.length && (cells[at] ?? null) === style) at += 1;
    if (style !== null) strokes.set(style, `${strokes.get(style) ?? ''}M${from} 0h${at - from}`);
  }
  const said = label === null ? html`aria-hidden="true"` : html`role="img" aria-label="${label}"`;
  const paths = [...strokes].map(([style, path]) => html`<path class="r-${style}" d="${path}" />`);
  return html`<svg class="ribbon" viewBox="0 -1 ${cells.length} 2" preserveAspectRatio="none" ${said}>
    ${paths}
  </svg>`;
}
