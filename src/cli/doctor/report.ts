import { oneLine } from '../terminal/text-table.ts';
import type { DoctorFinding } from './finding.ts';

const MARKS = { ok: 'ok      ', warning: 'warning ', critical: 'CRITICAL' } as const;

/** One line for each finding, the fix below it, and the sum. */
export function doctorReport(findings: readonly DoctorFinding[]): string {
  const lines = findings.map(({ level, subject, detail, fix }) => {
    const advice = fix === null ? '' : `          ${oneLine(fix)}\n`;
    return `${MARKS[level]}  ${oneLine(subject)}: ${oneLine(detail)}\n${advice}`;
  });
  const failed = findings.filter(({ level }) => level === 'critical').length;
  const warned = findings.filter(({ level }) => level === 'warning').length;
  const sum = failed + warned === 0 ? 'Everything is fine.' : `${failed} to repair, ${warned} to know about.`;
  return `${lines.join('')}\n${sum}\n`;
}

export function hasFailure(findings: readonly DoctorFinding[]): boolean {
  return findings.some(({ level }) => level === 'critical');
}
