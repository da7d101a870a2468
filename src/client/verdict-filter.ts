/** A row of `GET /api/v1/verdicts`, as far as it is looked at here. */
export interface VerdictAnswer {
  readonly model: string;
  readonly version: string;
  readonly segment: string;
  readonly series: string;
  readonly start: string;
  readonly size_ms: number | null;
  readonly size_rows: number | null;
  readonly verdict: string;
  readonly types: readonly string[];
  readonly summary: string;
  readonly expected?: unknown;
}

const SHIFTS: readonly string[] = ['covariate_shift', 'label_shift', 'concept_drift', 'data_fault', 'mixed'];

/** @throws TypeError where a word is no verdict, with those there are */
export function expectShiftWords(on: readonly string[]): void {
  const wrong = on.find((word) => !['any', 'undetermined', ...SHIFTS].includes(word));
  if (wrong !== undefined) {
    throw new TypeError(
      `${JSON.stringify(wrong)} is no verdict that can fail; there are any, ${SHIFTS.join(', ')}, undetermined`,
    );
  }
}

/** Whether a verdict is among those named; `mixed` is each of its types, too. */
export function isShiftAnswer(verdict: string, types: readonly string[], on: readonly string[]): boolean {
  if (!SHIFTS.includes(verdict)) return verdict === 'undetermined' && on.includes(verdict);
  return (
    on.includes('any') ||
    on.includes(verdict) ||
    (verdict === 'mixed' && types.some((type) => on.includes(type)))
  );
}

/**
 * The last window that closed and the last one with labels, of each version, segment and size: labels come later, and
 * what they show stands until they show something else. Of one window labels have the word.
 */
export function newestOfEach(rows: readonly VerdictAnswer[]): VerdictAnswer[] {
  const windowsOf = ({ model, version, segment, size_ms, size_rows }: VerdictAnswer): unknown[] => [
    model,
    version,
    segment,
    size_ms,
    size_rows,
  ];
  const newest = new Map<string, VerdictAnswer>();
  for (const row of rows) {
    const key = JSON.stringify([...windowsOf(row), row.series]);
    const held = newest.get(key);
    if (held === undefined || row.start > held.start) newest.set(key, row);
  }
  return [...newest.values()].filter((row) => {
    const byLabels = newest.get(JSON.stringify([...windowsOf(row), 'matured']));
    return row.series === 'matured' || byLabels?.start !== row.start;
  });
}
