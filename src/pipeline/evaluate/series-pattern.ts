import { judgedPsi } from '../../core/columns/cycle-figures.ts';
import type { EvaluationSeries } from '../../core/evaluation-series.ts';
import type { FeatureComparison, TimePatterns } from '../../core/findings.ts';
import { describeTimePattern, MOST_PATTERN_WINDOWS } from '../../diagnose/pattern/time-pattern.ts';
import type { PatternWindow } from '../../diagnose/pattern/time-pattern.ts';
import { withoutRareLevels } from '../../judge/privacy/rare-levels.ts';
import type { EvaluatedSegment, WindowToEvaluate } from '../../store/evaluation/evaluations.ts';
import type { MeasuredSubject } from '../../store/history/comparisons.ts';
import { loadPastWindows, type PastWindow } from '../../store/evaluation/pattern-windows.ts';
import type { Pool } from '../../store/connection/pool.ts';

export type DescribePattern = (windows: PatternWindow[]) => Promise<TimePatterns>;

export interface SeriesPatternOptions {
  readonly pool: Pool;
  /** Absent: right here. */
  readonly describePattern?: DescribePattern;
}

/** What moved most says when it began; more columns would only take time. */
const MOST_COLUMNS = 10;
/** Segments of one window that are looked back upon. */
const MOST_SEGMENTS = 20;

/**
 * Adds to each verdict of a shift how what moved came about, from the windows of its series before this one. Verdicts
 * without a shift stay as they are: nothing began.
 */
export async function withTimePatterns(
  { pool, describePattern: describe = async (windows) => describeTimePattern(windows) }: SeriesPatternOptions,
  { window, series }: { readonly window: WindowToEvaluate; readonly series: EvaluationSeries },
  segments: readonly EvaluatedSegment[],
): Promise<EvaluatedSegment[]> {
  const described: EvaluatedSegment[] = [];
  let looked = 0;
  for (const segment of segments) {
    if (segment.diagnosis.types.length === 0 || looked === MOST_SEGMENTS) {
      described.push(segment);
      continue;
    }
    looked += 1;
    const moved = movedColumns(segment);
    const past = await loadPastWindows(
      pool,
      window,
      series,
      segment.segment,
      moved,
      MOST_PATTERN_WINDOWS - 1,
    );
    const pattern = await describe([...past.map(asPatternWindow), present(window, likePast(segment), moved)]);
    described.push({ ...segment, diagnosis: { ...segment.diagnosis, time_pattern: pattern } });
  }
  return described;
}

/** Of a segment what is told is all that is kept of earlier windows. */
function likePast(segment: EvaluatedSegment): EvaluatedSegment {
  return segment.segment === '' ? segment : { ...segment, compared: withoutRareLevels(segment.compared) };
}

interface NamedColumn {
  readonly subject: MeasuredSubject;
  readonly name: string;
}

function movedColumns({ compared }: EvaluatedSegment): NamedColumn[] {
  const moved = ({ status }: FeatureComparison): boolean => status === 'drift' || status === 'fault';
  const features = compared.features
    .filter(moved)
    .sort((a, b) => (judgedPsi(b) ?? 0) - (judgedPsi(a) ?? 0))
    .slice(0, MOST_COLUMNS)
    .map(({ name }) => ({ subject: 'feature' as const, name }));
  const outputs = (['prediction', 'score', 'label'] as const).flatMap((subject) => {
    const comparison = compared[subject];
    return comparison !== null && moved(comparison) ? [{ subject, name: comparison.name }] : [];
  });
  return [...features, ...outputs];
}

function asPatternWindow({ startMs, endMs, columns, performance }: PastWindow): PatternWindow {
  const of = (subject: string) => columns.find((each) => each.subject === subject)?.column ?? null;
  return {
    startMs,
    endMs,
    compared: {
      features: columns.filter(({ subject }) => subject === 'feature').map(({ column }) => column),
      prediction: of('prediction'),
      score: of('score'),
      label: of('label'),
      performance,
    },
  };
}

function present(
  { startMs, endMs }: WindowToEvaluate,
  { compared }: EvaluatedSegment,
  moved: readonly NamedColumn[],
): PatternWindow {
  const features = new Set(moved.filter(({ subject }) => subject === 'feature').map(({ name }) => name));
  const { prediction, score, label, performance } = compared;
  return {
    startMs,
    endMs,
    compared: {
      features: compared.features.filter(({ name }) => features.has(name)),
      prediction,
      score,
      label,
      performance,
    },
  };
}
