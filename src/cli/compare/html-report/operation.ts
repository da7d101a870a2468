import type { Operational } from '../../../core/operational.ts';
import { html } from '../../../words/html.ts';
import type { Html } from '../../../words/html.ts';
import { operationalFigures } from '../../../words/operational-figures.ts';
import { metricRow } from './performance.ts';

/** How the predictions were made: latency, cost, energy, errors. */
export function operationSection(operational: Operational | undefined): Html | null {
  if (operational === undefined) return null;
  return html`<section>
    <h2>Operation</h2>
    <p class="soft">bars are 95 % intervals, the line is the reference</p>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th></th>
            <th class="n">reference</th>
            <th class="n">now</th>
            <th>interval</th>
            <th class="n">p</th>
          </tr>
        </thead>
        <tbody>
          ${operationalFigures(operational).map(([name, each]) => metricRow(name, each))}
        </tbody>
      </table>
    </div>
    ${
      operational.breaches.length === 0
        ? null
        : html`<ul>
            ${operational.breaches.map(({ claim }) => html`<li>${claim}</li>`)}
          </ul>`
    }
  </section>`;
}
