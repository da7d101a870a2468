import { InvalidArgumentError } from 'commander';
import { VERDICTS } from '../../core/findings.ts';
import type { FileComparison, VerdictKind } from '../../core/findings.ts';
import type { WindowedComparison } from '../../core/windowed-comparison.ts';
import { columnList } from '../terminal/column-list.ts';

/** What ends with "shift found": one of these verdicts, or anything that does without them. */
export type FailOn = ReadonlySet<VerdictKind> | 'any';

const WORDS: readonly VerdictKind[] = VERDICTS.filter((verdict) => verdict !== 'none');

/** @throws InvalidArgumentError for a word that is no verdict */
export function failOnVerdicts(text: string): FailOn {
  const words = columnList(text).map((word) => word.replaceAll('-', '_'));
  const unknown = words.filter((word) => word !== 'any' && !WORDS.some((verdict) => verdict === word));
  if (words.length === 0 || unknown.length > 0) {
    throw new InvalidArgumentError(`Verdicts are ${WORDS.join(', ')}; or any.`);
  }
  return words.includes('any') ? 'any' : new Set(words as VerdictKind[]);
}

/** Whether one of the verdicts was found: in all rows, in any window, in any segment, or only in windows together. */
export function namesVerdict(
  comparison: FileComparison | WindowedComparison,
  verdicts: ReadonlySet<VerdictKind>,
): boolean {
  const isWindowed = 'windows' in comparison;
  const parts = isWindowed ? comparison.windows : [comparison];
  const told = [
    ...(isWindowed ? comparison.incidents : []),
    ...parts.flatMap((part) => [part, ...(part.segments ?? [])]),
  ];
  return told.some(({ diagnosis: { verdict, types } }) =>
    [verdict, ...(verdict === 'mixed' ? types : [])].some((kind) => verdicts.has(kind)),
  );
}
