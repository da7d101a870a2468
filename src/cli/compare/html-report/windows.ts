import type { VerdictKind } from '../../../core/findings.ts';
import type { FileIncident, WindowedComparison } from '../../../core/windowed-comparison.ts';
import { patternSentence } from '../../../words/pattern-sentence.ts';
import { incidentSpan } from '../../../words/incident/incident-span.ts';
import { plural, utcMinute, wholeNumber, words } from '../../../words/page-format.ts';
import { html } from '../../../words/html.ts';
import type { Html } from '../../../words/html.ts';
import { markShown } from './mark-shown.ts';
import { markOf } from '../../../words/verdict-mark.ts';
import { byChange } from '../by-change.ts';
import { howManyMoved, movedWindows } from '../moved-windows.ts';
import { featureRow } from './features.ts';
import { performanceSection } from './performance.ts';
import { ribbon } from './ribbon.ts';
import { segmentsThatMoved } from './segments.ts';
import { leftOut, type Shelf } from './shelf.ts';
import { isFlagged, largestPsi, timeline, timelineInBrief } from './timeline.ts';

type Window = WindowedComparison['windows'][number];

/** Of more windows the strip is a picture, without a letter for each. */
const MOST_CELLS = 31;
/** What one window shows of itself beside the others. */
const MOST_ROWS = 4;
const MOST_NAMES = 8;
/** What is shown first, and last what is not. */
const GRAVITY: Readonly<Record<VerdictKind, number>> = {
  data_fault: 0,
  concept_drift: 1,
  mixed: 2,
  label_shift: 3,
  covariate_shift: 4,
  undetermined: 5,
  none: 6,
};

/** @param command that prints what there is no room for */
export function windowSections(comparison: WindowedComparison, command: string): (Html | Shelf)[] {
  const { windows, incidents, rows_without_time: untimed = 0 } = comparison;
  const pattern = patternSentence(comparison);
  const moved = movedWindows(windows);
  const last = moved.at(-1);
  return [
    {
      open: html`<section class="verdict">
        <h1>${howManyMoved(windows)}.</h1>
        ${last === undefined ? null : html`<p>Last, from ${utcMinute(last.start)}: ${last.diagnosis.summary}</p>`}
        ${moved.length === 0 || pattern === null ? null : html`<p>${pattern}</p>`} ${strip(windows)}
        <p class="soft span">
          <span>${utcMinute(windows[0]?.start ?? '')}</span
          ><span>${utcMinute(windows.at(-1)?.end ?? '')} UTC</span>
        </p>
        ${untimed > 0 ? html`<p class="soft">${plural(untimed, 'row')} without a time are in no window.</p>` : null}
        <ul>
       `,
      rows: incidents.map((incident) => ({ full: () => incidentItem(incident) })),
      close: html`${incidents.length === 0 ? null : { html: '</ul>' }}</section>`,
      of: 'incidents',
    },
    featuresOverTime(windows),
    ...(moved.length === 0 ? [] : [windowsThatMoved(moved, command)]),
  ];
}

function strip(windows: readonly Window[]): Html {
  if (windows.length <= MOST_CELLS)
    return html`<ol class="strip">
      ${windows.map(cell)}
    </ol>`;
  const counts = new Map<VerdictKind, number>();
  for (const { diagnosis } of windows)
    counts.set(diagnosis.verdict, (counts.get(diagnosis.verdict) ?? 0) + 1);
  const named = [...counts].sort(([a], [b]) => GRAVITY[a] - GRAVITY[b]);
  return html`${ribbon(
      windows.map(({ diagnosis }) => markOf(diagnosis.verdict).style),
      'the verdict of each window, from the first to the last',
    )}
    <p class="soft">
      ${named.map(([verdict, count]) => html`${markShown(markOf(verdict))} ${wholeNumber(count)} `)}
    </p>`;
}

function cell({ start, current, diagnosis }: Window): Html {
  const mark = markOf(diagnosis.verdict);
  const text = `${utcMinute(start)}: ${mark.name}, ${wholeNumber(current.rows)} rows`;
  return html`<li class="${mark.style}" title="${text}">
    <span aria-hidden="true">${mark.letter}</span><span class="hidden">${text}</span>
  </li>`;
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

/** Those that moved in most windows first. */
function featuresOverTime(windows: readonly Window[]): Shelf {
  const lines = (windows[0]?.features ?? [])
    .map(({ name }, place) => {
      // As a rule each window has the same columns in the same order.
      const of = (features: Window['features']) =>
        features[place]?.name === name ? features[place] : features.find((each) => each.name === name);
      const course = windows.map(({ start, end, features }) => ({
        start,
        end,
        feature: of(features) ?? null,
      }));
      return { name, course, flags: course.filter(isFlagged).length, psi: largestPsi(course) };
    })
    .sort((a, b) => b.flags - a.flags || b.psi - a.psi);
  return {
    open: html`<section>
      <h2>Features over time</h2>
      <p class="soft">
        PSI of each window; a filled point moved, a cross is a fault, the line is the floor of 0.02
      </p>
      <div class="lines">
     `,
    rows: lines.map(({ name, course }) => ({
      full: () => timeline(name, course),
      brief: () => timelineInBrief(name, course),
    })),
    close: html`</div>
    </section>`,
    of: 'features',
  };
}

/** In the order of time; the gravest are shown fully. */
function windowsThatMoved(moved: readonly Window[], command: string): Shelf {
  const flags = new Map(moved.map((window) => [window, flagged(window).length]));
  const worst = [...moved].sort(
    (a, b) =>
      GRAVITY[a.diagnosis.verdict] - GRAVITY[b.diagnosis.verdict] ||
      (flags.get(b) ?? 0) - (flags.get(a) ?? 0),
  );
  const ranks = new Map(worst.map((window, rank) => [window, rank]));
  return {
    open: html`<section>
      <h2>Windows that moved</h2>
     `,
    rows: moved.map((window) => ({
      rank: ranks.get(window) ?? 0,
      full: () => windowDetails(window, command),
      brief: () => html`<p class="brief">${windowName(window)} ${names(flagged(window))}</p>`,
    })),
    close: html`</section>`,
    of: 'windows that moved',
  };
}

function windowDetails(window: Window, command: string): Html {
  const moved = flagged(window);
  const more = moved.slice(MOST_ROWS);
  return html`<details>
    <summary>${windowName(window)} <span class="soft">${plural(window.current.rows, 'row')}</span></summary>
    <p>${window.diagnosis.summary}</p>
    ${moved.slice(0, MOST_ROWS).map(featureRow)}
    ${more.length === 0 ? null : leftOut(`${plural(more.length, 'column')} more that moved (${names(more)}) are`, command)}
    ${performanceSection(window.performance, { most: MOST_ROWS, command })}
    ${segmentsThatMoved(window.segments ?? [], MOST_ROWS, command)}
  </details>`;
}

function windowName({ start, end, diagnosis }: Window): Html {
  return html`${markShown(markOf(diagnosis.verdict))} ${utcMinute(start)} to ${utcMinute(end)}`;
}

/** Of all columns, the gravest first. */
function flagged({ features }: Window): Window['features'] {
  return features.filter(({ status }) => status === 'drift' || status === 'fault').sort(byChange);
}

function names(features: Window['features']): string {
  const named = features.slice(0, MOST_NAMES).map(({ name }) => name);
  const more = features.length - named.length;
  return [...named, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
