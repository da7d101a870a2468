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

const seriesOf = ({ model, version, segment, size_ms, size_rows, series }: VerdictAnswer): string =>
  JSON.stringify([model, version, segment, size_ms, size_rows, series]);

/** Without a period, a list is read until so many rows in a row were of windows whose newer ones had come. */
const ENOUGH_OLDER = 1_000;

/** Asked row by row, newest first: whether what is newest of each version, segment and size has come. */
export function whenNewestCame(): (row: VerdictAnswer) => boolean {
  const seen = new Set<string>();
  let older = 0;
  return (row) => {
    const before = seen.size;
    older = seen.add(seriesOf(row)).size > before ? 0 : older + 1;
    return older >= ENOUGH_OLDER;
  };
}

/** Of a model that nothing was said of yet: no all-clear, and asked for as `undetermined` is. */
export function nothingKnown(model: string): VerdictAnswer {
  return {
    model,
    version: '',
    segment: '',
    series: 'closed',
    start: '',
    size_ms: null,
    size_rows: null,
    verdict: 'undetermined',
    types: [],
    summary: 'Nothing is known: no window was judged.',
  };
}

/**
 * The last window that closed and the last one with labels, of each version, segment and size: labels come later, and
 * what they show stands until they show something else. Of one window labels have the word.
 */
export function newestOfEach(rows: readonly VerdictAnswer[]): VerdictAnswer[] {
  const newest = new Map<string, VerdictAnswer>();
  for (const row of rows) {
    const key = seriesOf(row);
    const held = newest.get(key);
    if (held === undefined || row.start > held.start) newest.set(key, row);
  }
  return [...newest.values()].filter((row) => {
    const byLabels = newest.get(seriesOf({ ...row, series: 'matured' }));
    return row.series === 'matured' || byLabels?.start !== row.start;
  });
}
