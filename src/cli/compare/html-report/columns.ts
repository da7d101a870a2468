import type { ColumnRole } from '../../../core/columns/column-role.ts';
import { html } from '../../../words/html.ts';
import type { Html } from '../../../words/html.ts';

/** What is no ordinary feature of the reference, so that people can say otherwise. */
export function columnSection(columns: readonly ColumnRole[] = []): Html | null {
  const special = columns.filter(({ role }) => role !== 'feature');
  if (special.length === 0) return null;
  return html`<section>
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
          ${special.map(
            ({ name, role, why }) =>
              html`<tr>
                <td>${name}</td>
                <td>${role}</td>
                <td>${why ?? ''}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}
