/** The page `compare --html` writes: one file, nothing fetched, no script. What it means comes first. */
import { basename } from 'node:path';
import type { FileComparison } from '../../../core/findings.ts';
import type { WindowedComparison } from '../../../core/windowed-comparison.ts';
import { plural, utcMinute } from '../../../words/page-format.ts';
import { html } from '../../../words/html.ts';
import type { Html } from '../../../words/html.ts';
import { columnSection } from './columns.ts';
import { featureSection } from './features.ts';
import { multivariateSection } from './multivariate.ts';
import { operationSection } from './operation.ts';
import { performanceSection } from './performance.ts';
import { segmentSection } from './segments.ts';
import { REPORT_STYLE } from './style.ts';
import { verdictSection } from './verdict.ts';
import { windowSections } from './windows.ts';

export interface ReportFacts {
  /** Paths as they were given. */
  readonly reference: string;
  readonly current: string;
  readonly nowMs: number;
}

const STYLE: Html = { html: `<style>${REPORT_STYLE}</style>` };

export function reportPage(comparison: FileComparison | WindowedComparison, facts: ReportFacts): string {
  const [reference, current] = [basename(facts.reference), basename(facts.current)];
  const page = html`<!doctype html>
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
          ${'windows' in comparison ? windowSections(comparison) : fileSections(comparison)}
          ${columnSection(comparison.columns)}
          <footer>
            Statistics and rules: docs/statistics.md. The same figures as data:
            <code>shiftwatch compare --json</code>.
          </footer>
        </main>
      </body>
    </html> `;
  return page.html;
}

function fileSections(comparison: FileComparison): (Html | null)[] {
  const { reference, current, segments = [] } = comparison;
  return [
    verdictSection(
      comparison,
      `${plural(reference.rows, 'reference row')}, ${plural(current.rows, 'current row')}`,
    ),
    featureSection(comparison),
    performanceSection(comparison.performance),
    operationSection(comparison.operational),
    multivariateSection(comparison.multivariate ?? null),
    segmentSection(segments),
  ];
}
