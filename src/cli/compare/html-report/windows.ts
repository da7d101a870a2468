import type { FileIncident, WindowedComparison } from '../../../core/windowed-comparison.ts';
import { patternSentence } from '../../../words/pattern-sentence.ts';
import { incidentSpan } from '../../../words/incident/incident-span.ts';
import { plural, utcMinute, wholeNumber, words } from '../../../words/page-format.ts';
import { html } from '../../../words/html.ts';
import type { Html } from '../../../words/html.ts';
import { markShown } from './mark-shown.ts';
import { markOf } from '../../../words/verdict-mark.ts';
import { featureRow } from './features.ts';
import { performanceSection } from './performance.ts';
import { segmentSection } from './segments.ts';
import { timeline, type WindowOfFeature } from './timeline.ts';
import { howManyMoved, movedWindows } from '../moved-windows.ts';

type Window = WindowedComparison['windows'][number];

/** Reports of more windows than this would be pages nobody reads; all of them are in the JSON. */
const MOST_DETAILS = 30;

export function windowSections(comparison: WindowedComparison): Html[] {
  const { windows, incidents, rows_without_time: untimed = 0 } = comparison;
  const pattern = patternSentence(comparison);
  const moved = movedWindows(windows);
  const worst = moved.at(-1);
  const names = windows[0]?.features.map(({ name }) => name) ?? [];
  const lines = names
    .map((name) => ({
      name,
      windows: windows.map(({ start, end, features }) => ({
        start,
        end,
        feature: features.find((feature) => feature.name === name) ?? null,
      })),
    }))
    .sort((a, b) => flags(b.windows) - flags(a.windows));
  return [
    html`<section class="verdict">
      <h1>${howManyMoved(windows)}.</h1>
      ${worst === undefined ? null : html`<p>Last, from ${utcMinute(worst.start)}: ${worst.diagnosis.summary}</p>`}
      ${moved.length === 0 || pattern === null ? null : html`<p>${pattern}</p>`}
      <ol class="strip">
        ${windows.map(cell)}
      </ol>
      <p class="soft span">
        <span>${utcMinute(windows[0]?.start ?? '')}</span
        ><span>${utcMinute(windows.at(-1)?.end ?? '')} UTC</span>
      </p>
      ${
        incidents.length === 0
          ? null
          : html`<ul>
              ${incidents.map(incidentItem)}
            </ul>`
      }
      ${untimed > 0 ? html`<p class="soft">${plural(untimed, 'row')} without a time are in no window.</p>` : null}
    </section>`,
    html`<section>
      <h2>Features over time</h2>
      <p class="soft">
        PSI of each window; a filled point moved, a cross is a fault, the line is the floor of 0.02
      </p>
      <div class="lines">${lines.map((line) => timeline(line.name, line.windows))}</div>
    </section>`,
    ...(moved.length === 0 ? [] : [details(moved)]),
  ];
}

/** One change, on all its windows: what it was, since when, and what to do. */
function incidentItem(incident: FileIncident): Html {
  const { verdict, summary, advice } = incident.diagnosis;
  const mark = markOf(verdict);
  return html`<li>
    ${markShown(mark)} ${incidentSpan(incident)}: ${summary}
    <span class="soft">Advice: <b>${words(advice)}</b></span>
  </li>`;
}

function flags(line: readonly WindowOfFeature[]): number {
  return line.filter(({ feature }) => feature?.status === 'drift' || feature?.status === 'fault').length;
}

function cell({ start, current, diagnosis }: Window): Html {
  const mark = markOf(diagnosis.verdict);
  const text = `${utcMinute(start)}: ${mark.name}, ${wholeNumber(current.rows)} rows`;
  return html`<li class="${mark.style}" title="${text}">
    <span aria-hidden="true">${mark.letter}</span><span class="hidden">${text}</span>
  </li>`;
}

function details(moved: readonly Window[]): Html {
  const shown = moved.slice(-MOST_DETAILS);
  return html`<section>
    <h2>Windows that moved</h2>
    ${shown.length < moved.length ? html`<p class="soft">The last ${shown.length} of ${moved.length}.</p>` : null}
    ${shown.map((window) => {
      const mark = markOf(window.diagnosis.verdict);
      const flagged = window.features.filter(({ status }) => status === 'drift' || status === 'fault');
      return html`<details>
        <summary>
          ${markShown(mark)} ${utcMinute(window.start)} to ${utcMinute(window.end)}
          <span class="soft">${plural(window.current.rows, 'row')}</span>
        </summary>
        <p>${window.diagnosis.summary}</p>
        ${flagged.map(featureRow)}${performanceSection(window.performance)}${segmentSection(window.segments ?? [])}
      </details>`;
    })}
  </section>`;
}
