import { figureBlocks } from '../words/figure-lines.ts';
import { windowSizeText } from '../config/duration.ts';
import { baselineCommand } from '../core/baseline-command.ts';
import type { Held } from '../core/alerts/alert-hold.ts';
import type { AlertRow } from '../store/rows/alerts.ts';
import type { RetrainState } from '../core/retrain/state.ts';
import type { RetrainOutcomeKind } from '../core/retrain/retrain.ts';
import type { OverviewRetrain, OverviewVersion, OverviewWindow } from '../store/read-models/overview.ts';
import { capital, displayText } from '../words/display-text.ts';
import { curveCharts } from './curve-chart.ts';
import { ago, plural, utcMinute, wholeNumber, words } from '../words/page-format.ts';
import { type Html, html } from '../words/html.ts';
import { holdLine, reminderLine } from '../words/hold-line.ts';
import { incidentName, subjectsInWords } from '../words/incident-name.ts';
import { INCIDENT_STATES } from '../words/incident-state.ts';
import { labelLine } from '../words/label-line.ts';
import { latestJudged, standingOf } from '../words/standing.ts';
import { type Mark, windowMark } from '../words/verdict-mark.ts';

/** One version of one model: how it stands, why, and what was done. */
export function versionCard(version: OverviewVersion, nowMs: number, holds: ReadonlyMap<string, Held>): Html {
  const standing = standingOf(version);
  const state = version.state === 'active' ? null : html`<span class="soft">${version.state}</span>`;
  return html`<section class="card">
    <header>
      <h2>${version.model}</h2>
      <span class="soft">version ${version.version}, ${version.task}</span>${state}
      <span class="pill ${standing.style}">${standing.word}</span>
    </header>
    ${verdictLine(version)} ${strips(version.windows)} ${alertRows(version.alerts, nowMs, holds)}
    ${retrainRows(version.retrains, nowMs)} ${baselineLine(version, nowMs)}
  </section>`;
}

function verdictLine(version: OverviewVersion): Html {
  const latest = latestJudged(version.windows);
  if (latest !== null) {
    const { verdict } = latest;
    const series = verdict.series === 'matured' ? ', with labels' : '';
    const advice =
      verdict.advice === 'none' ? null : html` · advice: <strong>${words(verdict.advice)}</strong>`;
    const labels = labelLine(verdict.maturity);
    const expected = verdict.expected ?? null;
    return html`<p class="verdict">${verdict.summary}</p>
      ${expected === null ? null : html`<p>${capital(displayText(expected, 300))}</p>`}
      <p class="small soft">
        ${utcMinute(latest.start)} to ${endOf(latest)} UTC${series} · ${plural(latest.rows, 'row')} ·
        confidence ${Math.round(verdict.confidence * 100)}
        %${advice}${labels === null ? null : html` · ${labels}`} ·
        <a href="/api/v1/verdicts?window=${latest.id}">evidence</a>
      </p>
      ${figureLines(verdict)}`;
  }
  if (version.windows.length > 0) {
    return html`<p class="verdict">Events arrive; the first window has not closed yet.</p>`;
  }
  return html`<p class="verdict">No events yet.</p>
    <p class="soft">
      Point <code>kafka.topics</code> at its logs, post them to <code>/api/v1/events</code>, or replay a file:
    </p>
    <pre>shiftwatch replay events.jsonl --to http</pre>`;
}

/** How those fare on whom nobody acted, groups that fare differently, and what of operation is amiss. */
function figureLines({ performance, maturity, breaches = [] }: LatestVerdict): Html | null {
  const source =
    performance === null || performance === undefined
      ? null
      : { ...performance, ...(maturity !== null && { maturity }) };
  const blocks = [
    ...figureBlocks(source, null),
    ...(breaches.length === 0 ? [] : [{ title: 'Operation', lines: breaches }]),
  ];
  if (blocks.length === 0) return null;
  return html`${blocks.map(
    ({ title, lines }) =>
      html`<h3>${title}</h3>
        <ul class="small">
          ${lines.map((line) => html`<li>${line}</li>`)}
        </ul>`,
  )}`;
}

type LatestVerdict = NonNullable<OverviewWindow['verdict']>;

/** The end without its date where that is the start's. */
function endOf({ start, end }: OverviewWindow): string {
  const text = utcMinute(end);
  return start.slice(0, 10) === end.slice(0, 10) ? text.slice(11) : text;
}

function strips(windows: readonly OverviewWindow[]): Html[] {
  return [...Map.groupBy(windows, windowSizeText)].map(([size, ofSize]) => strip(size, ofSize));
}

function strip(size: string, windows: readonly OverviewWindow[]): Html {
  const first = windows[0];
  const last = windows.at(-1);
  if (first === undefined || last === undefined) return html``;
  return html`<div class="strip-line">
    <span class="size">${size}</span>
    <div>
      <ol class="strip" aria-label="Windows of ${size}, oldest first">
        ${windows.map(cell)}
      </ol>
      <div class="span"><span>${utcMinute(first.start)}</span><span>${utcMinute(last.end)}</span></div>
    </div>
  </div>`;
}

function cell(window: OverviewWindow): Html {
  const mark = windowMark(window);
  const late = window.late_rows > 0 ? `, ${plural(window.late_rows, 'row')} after closing` : '';
  const facts = `${utcMinute(window.start)}: ${mark.name}, ${plural(window.rows, 'row')}${late}`;
  return html`<li class="cell ${mark.style}" title="${facts}">
    <span aria-hidden="true">${mark.letter}</span><span class="hidden">${facts}</span>
  </li>`;
}

const ALERT_ORDER: readonly AlertRow['state'][] = ['firing', 'recovering', 'pending', 'resolved'];

function alertRows(
  alerts: readonly AlertRow[],
  nowMs: number,
  holds: ReadonlyMap<string, Held>,
): Html | null {
  if (alerts.length === 0) return null;
  const worstFirst = [...alerts].sort((a, b) => ALERT_ORDER.indexOf(a.state) - ALERT_ORDER.indexOf(b.state));
  return html`<h3>Open incidents</h3>
    <ul class="rows">
      ${worstFirst.map((alert) => {
        const [style, state] = INCIDENT_STATES[alert.state];
        const where = alert.segment === '' ? '' : ` in ${alert.segment}`;
        const evidence = alert.cause === 'shift' ? `${viewsInWords(alert)}, ` : '';
        const about = `${incidentName(alert)}${subjectsInWords(alert)}`;
        return html`<li>
          <span class="pill ${style}">${state}</span>
          <span class="what">${about}${where} (${evidence}${windowSizeText(alert)} windows)</span>
          <span class="small soft"
            >${plural(alert.windows_in_a_row, 'window')} in a row, since ${utcMinute(alert.since)} UTC,
            ${ago(alert.since, nowMs)}</span
          >
          ${messageLine(alert, holds.get(alert.id) ?? null)}
        </li>`;
      })}
    </ul>`;
}

/** What shows it now. */
function viewsInWords({ views, series }: AlertRow): string {
  const open = new Set(views.filter(({ state }) => state !== 'resolved').map((view) => view.series));
  if (open.size === 2) return 'inputs and labels';
  return series === 'matured' ? 'with labels' : 'inputs';
}

/** Whether people hear of it, on a line of its own. */
function messageLine(alert: AlertRow, hold: Held | null): Html | null {
  const held = holdLine(alert, hold);
  if (held !== null)
    return html`<span class="messages small"><span class="pill none">held</span> ${held}</span>`;
  const reminder = reminderLine(alert);
  return reminder === null ? null : html`<span class="messages small soft">${reminder}</span>`;
}

const RETRAIN_STYLES: Record<RetrainState, Mark['style']> = {
  awaiting_approval: 'label',
  requested: 'none',
  sent: 'covariate',
  running: 'covariate',
  succeeded: 'ok',
  failed: 'concept',
  dead: 'concept',
  rejected: 'none',
  expired: 'none',
  dry_run: 'none',
};

const OUTCOME_STYLES: Record<RetrainOutcomeKind, Mark['style']> = {
  fixed: 'ok',
  not_fixed: 'concept',
  worse: 'concept',
  kept: 'ok',
  too_early: 'none',
  undecided: 'none',
};

function retrainRows(runs: readonly OverviewRetrain[], nowMs: number): Html | null {
  if (runs.length === 0) return null;
  return html`<h3>Retraining</h3>
    <ul class="rows">
      ${runs.map((run, at) => retrainRow(run, nowMs, at === 0))}
    </ul>`;
}

/** Of older runs the curve is in the API. */
function retrainRow(run: OverviewRetrain, nowMs: number, isNewest: boolean): Html {
  const version = run.new_version === null ? null : html`, gave version <strong>${run.new_version}</strong>`;
  const detail = run.detail === null ? null : html` · ${run.detail}`;
  const state = run.silent_at === null ? words(run.state) : 'silent';
  return html`<li>
    <span class="pill ${RETRAIN_STYLES[run.state]}">${state}</span>
    <span class="what"
      ><a href="/api/v1/retrains/${run.id}">${run.trigger}: ${words(run.reason)}</a
      >${version}${detail}${approvalNote(run)}</span
    >
    <span class="small soft">${run.webhook}, ${ago(run.requested_at, nowMs)}</span>
    ${outcomeLine(run)} ${isNewest ? curveCharts(run) : null}
  </li>`;
}

function outcomeLine({ outcome, outcome_summary: summary }: OverviewRetrain): Html | null {
  if (outcome === null || summary === null) return null;
  return html`<span class="curves small"
    ><span class="pill ${OUTCOME_STYLES[outcome]}">${words(outcome)}</span> ${summary}</span
  >`;
}

function approvalNote(run: OverviewRetrain): Html | null {
  if (run.state === 'awaiting_approval') {
    const until = run.expires_at === null ? null : html` until ${utcMinute(run.expires_at)} UTC`;
    return html`${until}: <code>shiftwatch retrain approve ${run.id} --by NAME</code>`;
  }
  if (run.decided_by === null) return null;
  const comment = run.decision_comment === null ? null : html`: ${run.decision_comment}`;
  return html` · ${run.state === 'rejected' ? 'rejected' : 'approved'} by ${run.decided_by}${comment}`;
}

function baselineLine(version: OverviewVersion, nowMs: number): Html {
  const { baseline } = version;
  if (baseline !== null) {
    return html`<h3>Baseline</h3>
      <p class="small">
        Revision ${baseline.revision}, ${wholeNumber(baseline.rows)} training rows, made
        ${ago(baseline.created_at, nowMs)}
      </p>`;
  }
  return html`<h3>Baseline</h3>
    <p class="small">There is none, so nothing can be called a shift. Make one from the training data:</p>
    <pre>${baselineCommand(version.model, version.version)}</pre>`;
}
