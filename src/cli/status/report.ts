import { windowSizeText } from '../../config/duration.ts';
import type { Config } from '../../config/resolve.ts';
import { ago, plural, utcMinute, wholeNumber, words } from '../../words/page-format.ts';
import { holdLine } from '../../words/hold-line.ts';
import { headlineOf } from '../../words/headline.ts';
import { incidentName, subjectsInWords } from '../../words/incident-name.ts';
import { keptLine } from '../../words/kept.ts';
import { labelLine } from '../../words/label-line.ts';
import { latestJudged, standingOf } from '../../words/standing.ts';
import type { Held } from '../../core/alerts/alert-hold.ts';
import type { Overview, OverviewVersion } from '../../store/read-models/overview.ts';
import type { Kept } from '../../store/read-models/kept-history.ts';
import type { PipelineFacts } from '../../store/read-models/pipeline.ts';
import { deadDeliveries, disabledLines, queueLines } from '../doctor/delivery-troubles.ts';
import { dutyLines } from '../doctor/duty-troubles.ts';
import { mailTroubles } from '../doctor/mail-troubles.ts';
import {
  forgottenColumns,
  incidentLine,
  mixedUnits,
  surplusColumns,
  unaccountedEvents,
} from '../doctor/line-troubles.ts';
import { oneLine, textTable } from '../terminal/text-table.ts';

/** What `shiftwatch status` prints: the headline, a row for each model version, its verdict, and the line. */
export function statusReport(
  overview: Overview,
  {
    holds,
    channels,
    kept,
  }: {
    readonly holds: ReadonlyMap<string, Held>;
    readonly channels: Config['channels'];
    readonly kept: readonly Kept[];
  },
  nowMs: number,
): string {
  const versions = [...overview.versions].sort((a, b) => standingOf(a).rank - standingOf(b).rank);
  const parts = [`${oneLine(headlineOf(overview))}\n`];
  if (versions.length === 0) {
    parts.push(
      'Next: shiftwatch baseline create --model NAME --model-version 1 training.csv, or shiftwatch demo to see it at work.\n',
    );
  } else {
    parts.push(textTable(HEADINGS, versions.map(versionRow)));
    parts.push(...versions.flatMap((version) => versionLines(version, holds, nowMs)));
  }
  parts.push(`${pipelineLine(overview, nowMs)}${keptLine(kept, nowMs)}\n`);
  const troubles = [
    ...mailTroubles(overview.pipeline, channels, nowMs),
    ...lineTroubles(overview.pipeline, nowMs),
  ];
  if (troubles.length > 0) parts.push(troubles.map((line) => `${line}\n`).join(''));
  return parts.join('\n');
}

const HEADINGS = ['MODEL', 'VERSION', 'STANDING', 'LAST WINDOW (UTC)', 'ROWS', 'VERDICT', 'ADVICE'];

function versionRow(version: OverviewVersion): string[] {
  const standing = standingOf(version).word;
  const latest = latestJudged(version.windows);
  if (latest === null) return [version.model, version.version, standing, '-', '-', '-', '-'];
  return [
    version.model,
    version.version,
    standing,
    `${utcMinute(latest.start)} ${windowSizeText(latest)}`,
    wholeNumber(latest.rows),
    words(latest.verdict.verdict),
    words(latest.verdict.advice),
  ];
}

/** More about a version that is not simply quiet. */
function versionLines(version: OverviewVersion, holds: ReadonlyMap<string, Held>, nowMs: number): string[] {
  const name = `${oneLine(version.model)} ${oneLine(version.version)}`;
  const latest = latestJudged(version.windows);
  const lines: string[] = [];
  if (latest !== null && latest.verdict.verdict !== 'none') {
    const labels = labelLine(latest.verdict.maturity);
    lines.push(oneLine(latest.verdict.summary), ...(labels === null ? [] : [oneLine(labels)]));
  }
  for (const claim of latest?.verdict.breaches ?? []) lines.push(`operation: ${oneLine(claim)}`);
  for (const alert of version.alerts) {
    const where = alert.segment === '' ? '' : ` in ${oneLine(alert.segment)}`;
    const run = plural(alert.windows_in_a_row, 'window');
    const about = oneLine(`${incidentName(alert)}${subjectsInWords(alert)}`);
    const held = holdLine(alert, holds.get(alert.id) ?? null);
    const reminder =
      alert.next_reminder_at === null || held !== null
        ? ''
        : `, next reminder ${ago(alert.next_reminder_at, nowMs)}`;
    lines.push(
      `${alert.state}: ${about}${where}, ${run} in a row, since ${ago(alert.since, nowMs)}${reminder}`,
    );
    if (held !== null) lines.push(`  held: ${oneLine(held)}`);
  }
  for (const { state, ...size } of version.states) {
    if (state !== 'insufficient' && state !== 'no_data') continue;
    const what = state === 'no_data' ? 'no rows' : 'too few rows to judge';
    lines.push(`newest window of ${windowSizeText(size)}: ${what}`);
  }
  const [run] = version.retrains;
  if (run !== undefined)
    lines.push(`retraining ${run.state}: ${words(run.reason)}, ${ago(run.requested_at, nowMs)}`);
  return lines.length === 0 ? [] : [`${name}\n${lines.map((line) => `  ${line}\n`).join('')}`];
}

/** What the line has to say of itself when not all is well. */
function lineTroubles(pipeline: PipelineFacts, nowMs: number): string[] {
  return [
    ...unaccountedEvents(pipeline),
    ...mixedUnits(pipeline, nowMs),
    ...surplusColumns(pipeline, nowMs),
    ...forgottenColumns(pipeline, nowMs),
    ...pipeline.log_incidents.map((row) => incidentLine(row, nowMs)),
    ...disabledLines(pipeline, nowMs),
    ...queueLines(pipeline, nowMs),
    ...dutyLines(pipeline, nowMs),
  ];
}

function pipelineLine({ pipeline }: Overview, nowMs: number): string {
  const total = <Row>(rows: readonly Row[], of: (row: Row) => number): number =>
    rows.reduce((sum, row) => sum + of(row), 0);
  const facts = [
    `${plural(
      total(pipeline.sources, ({ lag }) => lag),
      'record',
    )} waiting in the log`,
    `${plural(
      total(pipeline.windows, (row) => row.late_rows),
      'row',
    )} after closing`,
    plural(
      total(pipeline.events, ({ outcome, count }) => (outcome === 'late' ? count : 0)),
      'late row',
    ),
    plural(
      total(pipeline.dead_letters, ({ count }) => count),
      'dead letter',
    ),
    `${plural(
      total(pipeline.outbox, ({ waiting }) => waiting),
      'job',
    )} to be done`,
  ];
  const dead = deadDeliveries(pipeline);
  if (dead > 0) facts.push(dead === 1 ? '1 dead delivery' : `${wholeNumber(dead)} dead deliveries`);
  const [slowest] = [...pipeline.watermarks].sort((a, b) => a.complete_until.localeCompare(b.complete_until));
  if (slowest !== undefined) facts.push(`read up to ${ago(slowest.complete_until, nowMs)}`);
  return `Pipeline: ${facts.join(', ')}\n`;
}

/** `status --check`: how many alerts are firing right now. */
export function firingAlerts({ versions }: Overview): number {
  return versions.flatMap(({ alerts }) => alerts).filter(({ state }) => state === 'firing').length;
}
