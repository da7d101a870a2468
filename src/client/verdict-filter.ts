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
  const wrong = on.find((word) => word !== 'any' && !SHIFTS.includes(word));
  if (wrong !== undefined) {
    throw new TypeError(
      `${JSON.stringify(wrong)} is no verdict that can fail; there are any, ${SHIFTS.join(', ')}`,
    );
  }
}

/** Whether a verdict is among those named; `mixed` is each of its types, too. */
export function isShiftAnswer(verdict: string, types: readonly string[], on: readonly string[]): boolean {
  if (!SHIFTS.includes(verdict)) return false;
  return (
    on.includes('any') ||
    on.includes(verdict) ||
    (verdict === 'mixed' && types.some((type) => on.includes(type)))
  );
}

/** The newest window of each series, by labels where they have come. */
export function newestOfEach(rows: readonly VerdictAnswer[]): VerdictAnswer[] {
  const newest = new Map<string, VerdictAnswer>();
  for (const row of rows) {
    const key = JSON.stringify([row.model, row.version, row.segment, row.size_ms, row.size_rows]);
    const held = newest.get(key);
    const isNewer =
      held === undefined ||
      row.start > held.start ||
      (row.start === held.start && row.series === 'matured' && held.series !== 'matured');
    if (isNewer) newest.set(key, row);
  }
  return [...newest.values()];
}
