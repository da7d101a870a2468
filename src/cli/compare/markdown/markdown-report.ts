/** What `compare --markdown` writes, for pull requests and summaries of jobs: one screen, and the rest to be opened. */
import { basename } from 'node:path';
import type {
  Comparison,
  FileComparison,
  FeatureComparison,
  SegmentComparison,
} from '../../../core/findings.ts';
import type { FileIncident, WindowedComparison } from '../../../core/windowed-comparison.ts';
import { isShift, showsShift } from '../../../files/compare/outcome.ts';
import { patternSentence } from '../../../words/pattern-sentence.ts';
import { plural } from '../../../words/page-format.ts';
import { markdownText } from '../../../words/markdown-text.ts';
import { byChange } from '../by-change.ts';
import {
  besidePerformance,
  featureTable,
  multivariateLine,
  operationTable,
  performanceParts,
  presetLine,
  rowsLine,
  verdictWords,
} from '../comparison-report.ts';
import type { ReportTable } from '../comparison-report.ts';
import {
  columnNotes,
  segmentTable,
  toldWindows,
  windowSpan,
  windowsLine,
  windowTable,
} from '../comparison-text.ts';
import { incidentWords } from '../incident-text.ts';
import { movedWindows } from '../moved-windows.ts';
import {
  LONGEST_SENTENCE,
  fittingText,
  folded,
  listBlock,
  partBlock,
  sentence,
  tableBlock,
} from './blocks.ts';
import type { ReportBlock } from './blocks.ts';

/** GitHub takes comments of 65,536 letters; a workflow may have something to say as well. */
const MOST_LETTERS = 59_000;
/** Of one screen. */
const MOST_ROWS = 20;
/** The newest of those that are told of. */
const MOST_WINDOWS = 5;

const plain = (_style: unknown, text: string): string => text;

type Blocks = readonly (ReportBlock | null)[];

/** Less than 60,000 letters, whatever the data. */
export function markdownReport(
  comparison: FileComparison | WindowedComparison,
  paths: { readonly reference: string; readonly current: string },
): string {
  const [reference, current] = [basename(paths.reference), basename(paths.current)];
  const from = `shiftwatch · **${markdownText(current)}** against **${markdownText(reference)}**`;
  const blocks = 'windows' in comparison ? windowBlocks(comparison, from) : fileBlocks(comparison, from);
  return fittingText(
    blocks.filter((block) => block !== null),
    MOST_LETTERS,
  );
}

/** Never cut. */
const lead = (...lines: readonly string[]): ReportBlock => ({
  open: `${lines.filter((line) => line !== '').join('\n\n')}\n`,
  rows: [],
  close: '',
  more: 0,
});

function fileBlocks(comparison: FileComparison, from: string): Blocks {
  const { title, sure, summary, advice } = verdictWords(comparison.diagnosis);
  const segments = comparison.segments ?? [];
  return [
    lead(
      `### ${sentence(`${title}${sure} · ${advice}`)}`,
      sentence(summary),
      `${from} · ${sentence(rowsLine(comparison))}`,
      sentence(presetLine(comparison)),
    ),
    ...foundBlocks(comparison),
    tableBlock(segmentTable(segments.filter(segmentMoved), plain), MOST_ROWS),
    ...folded('Estimates, parts of the rows, operation, all columns together', [
      partBlock(multivariateLine(comparison)),
      tableBlock(operationTable(comparison.operational)),
      ...besidePerformance(comparison.performance).map(partBlock),
    ]),
    ...folded(`All ${plural(segments.length, 'segment')}`, [tableBlock(segmentTable(segments, plain))]),
    ...specialColumns(comparison),
    ...allColumns(comparison),
  ];
}

/** Why, which columns, and what became of the performance. */
function foundBlocks(comparison: Comparison, first: readonly string[] = []): Blocks {
  const { evidence, notTested } = verdictWords(comparison.diagnosis);
  const sorted = { ...comparison, features: [...comparison.features].sort(byChange) };
  return [
    listBlock([...first, ...evidence, ...notTested]),
    tableBlock(featureTable(sorted, plain, columnMoved), MOST_ROWS),
    ...performanceParts(comparison.performance).map(partBlock),
  ];
}

function specialColumns({ columns = [] }: FileComparison | WindowedComparison): ReportBlock[] {
  return folded('Columns that are no ordinary features', [tableBlock(columnNotes(columns))]);
}

function allColumns(comparison: Comparison): ReportBlock[] {
  const table = featureTable(comparison, plain);
  return folded(`All ${plural(table.lines.length, 'column')}`, [tableBlock(table)]);
}

const columnMoved = ({ status, preset }: FeatureComparison): boolean =>
  status === 'drift' || status === 'fault' || preset?.drifted === true;

const segmentMoved = (segment: SegmentComparison): boolean =>
  isShift(segment) || (segment.preset !== undefined && showsShift(segment, true));

function windowBlocks(comparison: WindowedComparison, from: string): Blocks {
  const { windows, incidents } = comparison;
  const moved = movedWindows(windows);
  const pattern = moved.length === 0 ? null : patternSentence(comparison);
  const newest = toldWindows(windows).slice(-MOST_WINDOWS).reverse();
  return [
    lead(`### ${sentence(windowsLine(comparison))}`, sentence(pattern ?? ''), from),
    tableBlock(incidentTable(incidents), MOST_ROWS, LONGEST_SENTENCE),
    tableBlock(windowTable([...moved].reverse(), plain), MOST_ROWS),
    ...newest.flatMap((window) => {
      const { title, sure, summary, advice } = verdictWords(window.diagnosis);
      const segments = (window.segments ?? []).filter(segmentMoved);
      return folded(windowSpan(window), [
        ...foundBlocks(window, [`${title}${sure} · ${advice}`, summary]),
        tableBlock(segmentTable(segments, plain)),
      ]);
    }),
    ...specialColumns(comparison),
    ...folded(`All ${plural(windows.length, 'window')}`, [tableBlock(windowTable(windows, plain))]),
  ];
}

function incidentTable(incidents: readonly FileIncident[]): ReportTable {
  const lines = incidents.map((incident) => {
    const { title, sure, span, summary, advice } = incidentWords(incident);
    return [`${title}${sure}, ${span}`, summary, advice];
  });
  return { headings: ['INCIDENT', 'SUMMARY', 'ADVICE'], lines };
}
