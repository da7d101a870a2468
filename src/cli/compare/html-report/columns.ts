import type { ColumnRole } from '../../../core/columns/column-role.ts';
import { html } from '../../../words/html.ts';
import type { Shelf } from './shelf.ts';

/** What is no ordinary feature of the reference, so that people can say otherwise. */
export function columnShelf(columns: readonly ColumnRole[] = []): Shelf | null {
  const special = columns.filter(({ role }) => role !== 'feature');
  if (special.length === 0) return null;
  return {
    open: html`<section>
      <h2>Columns that are no ordinary features</h2>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th></th>
              <th>taken for</th>
              <th>why</th>
            </tr>
          </thead>
          <tbody>
     `,
    rows: special.map(({ name, role, why }) => ({
      full: () =>
        html`<tr>
          <td>${name}</td>
          <td>${role}</td>
          <td>${why ?? ''}</td>
        </tr>`,
    })),
    close: html`</tbody>
        </table>
      </div>
    </section>`,
    of: 'columns',
  };
}
