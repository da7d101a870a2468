/** What `compare` prints for people: one report, or a line for each window and reports of those that moved. */
import { isExplained } from '../../judge/known-events.ts';
import { howManyMoved, movedWindows } from './moved-windows.ts';
import type { ColumnRole } from '../../core/columns/column-role.ts';
import type { Comparison, FileComparison, SegmentComparison } from '../../core/findings.ts';
import type { WindowedComparison } from '../../core/windowed-comparison.ts';
import { cellTable } from '../terminal/cell-table.ts';
import type { TableCell } from '../terminal/cell-table.ts';
import { patternSentence } from '../../words/pattern-sentence.ts';
import { isShift } from '../../files/compare/outcome.ts';
import { comparisonReport } from './comparison-report.ts';
import type { ReportTable } from './comparison-report.ts';
import { incidentText } from './incident-text.ts';
import type { Paint } from '../terminal/paint.ts';
import { oneLine } from '../terminal/text-table.ts';

export function comparisonText(comparison: FileComparison | WindowedComparison, paint: Paint): string {
  const notes = columnNotes(comparison.columns ?? []);
  const special = notes.lines.length === 0 ? '' : `${cellTable(notes.headings, notes.lines)}\n`;
  return `${special}${comparedText(comparison, paint)}`;
}

/** What is no ordinary feature, so that people can say otherwise. */
export function columnNotes(columns: readonly ColumnRole[]): ReportTable {
  const lines = columns.flatMap(({ name, role, why }) =>
    role === 'feature' ? [] : [[oneLine(name), role, why ?? '']],
  );
  return { headings: ['COLUMN', 'TAKEN FOR', 'WHY'], lines };
}

function comparedText(comparison: FileComparison | WindowedComparison, paint: Paint): string {
  if (!('windows' in comparison)) return fileText(comparison, paint);
  const { windows, incidents } = comparison;
  const moved = movedWindows(windows);
  const details = toldWindows(windows).map(
    (window) => `\n${paint('bold', windowSpan(window))}\n${fileText(window, paint)}`,
  );
  const pattern = patternSentence(comparison);
  const summary = `${windowsLine(comparison)}\n${moved.length === 0 || pattern === null ? '' : `${pattern}\n`}`;
  const { headings, lines } = windowTable(windows, paint);
  return `${cellTable(headings, lines)}${summary}${incidentText(incidents, paint)}${details.join('')}`;
}

type Windows = WindowedComparison['windows'];

/** What is explained is told of, too: nobody should have to guess why it is none. */
export function toldWindows(windows: Windows): Windows {
  const moved = movedWindows(windows);
  return windows.filter((window) => moved.includes(window) || isExplained(window.diagnosis));
}

export function windowSpan({ start, end }: Windows[number]): string {
  return `${minute(start)} to ${minute(end)}`;
}

export function windowsLine({ windows, rows_without_time: untimed = 0 }: WindowedComparison): string {
  const without = `; ${untimed.toLocaleString('en')} rows have no time and are in none`;
  return `${howManyMoved(windows)}${untimed > 0 ? without : ''}`;
}

export function windowTable(windows: Windows, paint: Paint): ReportTable {
  const lines = windows.map((window) => [
    minute(window.start),
    window.current.rows.toLocaleString('en'),
    verdictCell(window, paint),
    window.preset === undefined ? '' : `${window.preset.drifted_features}/${window.preset.features}`,
    flagged(window),
  ]);
  return { headings: ['WINDOW (UTC)', 'ROWS', 'VERDICT', presetName(windows), 'MOVED'], lines };
}

function verdictCell(comparison: Comparison, paint: Paint): TableCell {
  const text = comparison.diagnosis.verdict.replaceAll('_', ' ');
  return { text, shown: paint(isShift(comparison) ? 'red' : 'green', text) };
}

function fileText(comparison: FileComparison, paint: Paint): string {
  const { segments } = comparison;
  const whole = comparisonReport(comparison, paint);
  if (segments === undefined) return whole;
  const { headings, lines } = segmentTable(segments, paint);
  return `${whole}\n${cellTable(headings, lines)}`;
}

export function segmentTable(segments: readonly SegmentComparison[], paint: Paint): ReportTable {
  const lines = segments.map((segment) => [
    oneLine(segment.segment),
    segment.reference.rows.toLocaleString('en'),
    segment.current.rows.toLocaleString('en'),
    verdictCell(segment, paint),
    flagged(segment),
  ]);
  return { headings: ['SEGMENT', 'REFERENCE', 'CURRENT', 'VERDICT', 'MOVED'], lines };
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
