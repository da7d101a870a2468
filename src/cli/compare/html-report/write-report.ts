import type { FileComparison } from '../../../core/findings.ts';
import type { WindowedComparison } from '../../../core/windowed-comparison.ts';
import { writeOutput } from '../../terminal/output-file.ts';
import type { ReportFacts } from './page.ts';
import { reportPage } from './page.ts';

/** @throws UserError when the file cannot be written */
export async function writeHtmlReport(
  path: string,
  comparison: FileComparison | WindowedComparison,
  facts: ReportFacts,
): Promise<void> {
  const page = reportPage(comparison, facts);
  await writeOutput(path, async (put) => await put(page));
}
