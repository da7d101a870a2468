/** What `compare` prints for people: one report, or a line for each window and reports of those that moved. */
import { isExplained } from '../../judge/known-events.ts';
import { howManyMoved, movedWindows } from './moved-windows.ts';
import type { ColumnRole } from '../../core/columns/column-role.ts';
import type { FileComparison } from '../../core/findings.ts';
import type { WindowedComparison } from '../../core/windowed-comparison.ts';
import { cellTable } from '../terminal/cell-table.ts';
import { patternSentence } from '../../words/pattern-sentence.ts';
import { isShift } from '../../files/compare/outcome.ts';
import { comparisonReport } from './comparison-report.ts';
import { incidentText } from './incident-text.ts';
import type { Paint } from '../terminal/paint.ts';
import { oneLine } from '../terminal/text-table.ts';

export function comparisonText(comparison: FileComparison | WindowedComparison, paint: Paint): string {
  return `${columnNotes(comparison.columns ?? [])}${comparedText(comparison, paint)}`;
}

/** What is no ordinary feature, so that people can say otherwise. */
function columnNotes(columns: readonly ColumnRole[]): string {
  const lines = columns.flatMap(({ name, role, why }) =>
    role === 'feature' ? [] : [[oneLine(name), role, why ?? '']],
  );
  return lines.length === 0 ? '' : `${cellTable(['COLUMN', 'TAKEN FOR', 'WHY'], lines)}\n`;
}

function comparedText(comparison: FileComparison | WindowedComparison, paint: Paint): string {
  if (!('windows' in comparison)) return fileText(comparison, paint);
  const { windows, incidents, rows_without_time: untimed = 0 } = comparison;
  const lines = windows.map((window) => [
    minute(window.start),
    window.current.rows.toLocaleString('en'),
    {
      text: window.diagnosis.verdict.replaceAll('_', ' '),
      shown: paint(isShift(window) ? 'red' : 'green', window.diagnosis.verdict.replaceAll('_', ' ')),
    },
    window.preset === undefined ? '' : `${window.preset.drifted_features}/${window.preset.features}`,
    flagged(window),
  ]);
  const head = ['WINDOW (UTC)', 'ROWS', 'VERDICT', presetName(windows), 'MOVED'];
  const moved = movedWindows(windows);
  // What is explained is told of, too: nobody should have to guess why it is none.
  const told = windows.filter((window) => moved.includes(window) || isExplained(window.diagnosis));
  const details = told.map(
    (window) =>
      `\n${paint('bold', `${minute(window.start)} to ${minute(window.end)}`)}\n${fileText(window, paint)}`,
  );
  const pattern = patternSentence(comparison);
  const summary = `${howManyMoved(windows)}${
    untimed > 0 ? `; ${untimed.toLocaleString('en')} rows have no time and are in none` : ''
  }\n${moved.length === 0 || pattern === null ? '' : `${pattern}\n`}`;
  return `${cellTable(head, lines)}${summary}${incidentText(incidents, paint)}${details.join('')}`;
}

function fileText(comparison: FileComparison, paint: Paint): string {
  const { segments } = comparison;
  const whole = comparisonReport(comparison, paint);
  return segments === undefined ? whole : `${whole}\n${segmentTable(segments, paint)}`;
}

function segmentTable(segments: NonNullable<FileComparison['segments']>, paint: Paint): string {
  const lines = segments.map((segment) => {
    const verdict = segment.diagnosis.verdict.replaceAll('_', ' ');
    return [
      oneLine(segment.segment),
      segment.reference.rows.toLocaleString('en'),
      segment.current.rows.toLocaleString('en'),
      { text: verdict, shown: paint(isShift(segment) ? 'red' : 'green', verdict) },
      flagged(segment),
    ];
  });
  return cellTable(['SEGMENT', 'REFERENCE', 'CURRENT', 'VERDICT', 'MOVED'], lines);
}

const MOST_NAMED = 4;

function flagged({ features }: FileComparison): string {
  const moved = features.filter(({ status }) => status === 'drift' || status === 'fault');
  const names = moved.slice(0, MOST_NAMED).map(({ name, faults }) => {
    const fault =
      faults.length === 0 ? '' : ` (${faults.map((each) => each.replaceAll('_', ' ')).join(', ')})`;
    return `${oneLine(name)}${fault}`;
  });
  const more = moved.length - names.length;
  return [...names, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

const minute = (iso: string): string => iso.slice(0, 16).replace('T', ' ');

function presetName(windows: readonly FileComparison[]): string {
  return windows[0]?.preset?.name.toUpperCase() ?? '';
}
