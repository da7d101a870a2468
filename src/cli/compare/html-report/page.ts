/** The page `compare --html` writes: one file, nothing fetched, no script. What it means comes first. */
import { basename } from 'node:path';
import type { FileComparison } from '../../../core/findings.ts';
import type { WindowedComparison } from '../../../core/windowed-comparison.ts';
import { durationText } from '../../../config/duration.ts';
import { plural, utcMinute } from '../../../words/page-format.ts';
import { shellWord } from '../../../core/process/shell-word.ts';
import { html } from '../../../words/html.ts';
import type { Html } from '../../../words/html.ts';
import { columnShelf } from './columns.ts';
import { featureSections } from './features.ts';
import { multivariateSection } from './multivariate.ts';
import { operationSection } from './operation.ts';
import { performanceSection } from './performance.ts';
import { segmentShelf } from './segments.ts';
import { fitted, type Shelf } from './shelf.ts';
import { REPORT_STYLE } from './style.ts';
import { verdictSection } from './verdict.ts';
import { windowSections } from './windows.ts';

export interface ReportFacts {
  /** Paths as they were given. */
  readonly reference: string;
  readonly current: string;
  /** Of windows: how long they are. */
  readonly windowMs: number | null;
  readonly nowMs: number;
}

/** What a mail or a ticket takes, and a phone opens at once. */
const MOST_BYTES = 50_000;
const MOST_GROUPS = 40;

const STYLE: Html = { html: `<style>${REPORT_STYLE}</style>` };

/** Under 50 kB, however many windows and columns there are: what is not shown is named with the command that shows it. */
export function reportPage(comparison: FileComparison | WindowedComparison, facts: ReportFacts): string {
  const [reference, current] = [basename(facts.reference), basename(facts.current)];
  const command = commandOf(facts);
  const parts = [
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <title>${current} against ${reference}</title>
          ${STYLE}
        </head>
        <body>
          <main>
            <p class="from">
              shiftwatch · <b>${current}</b> against <b>${reference}</b> ·
              ${utcMinute(new Date(facts.nowMs).toISOString())} UTC
            </p>
       `,
    ...('windows' in comparison ? windowSections(comparison, command) : fileSections(comparison, command)),
    columnShelf(comparison.columns),
    html`<footer>
            Statistics and rules: docs/statistics.md. The same figures as data: <code>${command}</code>.
          </footer>
        </main>
      </body>
    </html> `,
  ];
  return fitted(parts, MOST_BYTES - 1, command);
}

/** The comparison as data, beside what else was asked for. */
function commandOf({ reference, current, windowMs }: ReportFacts): string {
  const window = windowMs === null ? '' : ` --window ${durationText(windowMs)}`;
  return `shiftwatch compare ${word(reference)} ${word(current)}${window} --json`;
}

const word = (path: string): string => (/^[\w./:@,+=-]+$/.test(path) ? path : shellWord(path));

function fileSections(comparison: FileComparison, command: string): (Html | Shelf | null)[] {
  const { reference, current, segments = [] } = comparison;
  return [
    verdictSection(
      comparison,
      `${plural(reference.rows, 'reference row')}, ${plural(current.rows, 'current row')}`,
    ),
    ...featureSections(comparison),
    performanceSection(comparison.performance, { most: MOST_GROUPS, command }),
    operationSection(comparison.operational),
    multivariateSection(comparison.multivariate ?? null),
    segmentShelf(segments),
  ];
}
