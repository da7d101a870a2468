import { writeFile } from 'node:fs/promises';
import { UserError, errorMessage } from '../../../core/errors.ts';
import type { FileComparison, WindowedComparison } from '../../../core/findings.ts';
import type { ReportFacts } from './page.ts';
import { reportPage } from './page.ts';

/** @throws UserError when the file cannot be written */
export async function writeHtmlReport(
  path: string,
  comparison: FileComparison | WindowedComparison,
  facts: ReportFacts,
): Promise<void> {
  try {
    await writeFile(path, reportPage(comparison, facts));
  } catch (error) {
    throw new UserError(`cannot write ${path}: ${errorMessage(error)}`, {
      fix: 'Name a file in a folder that exists and that you may write to.',
      cause: error,
    });
  }
}
