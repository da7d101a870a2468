import { judgedPsi } from '../../core/columns/cycle-figures.ts';
import type { FeatureComparison, Performance, TimePatternPart } from '../../core/findings.ts';
import { isPresent } from '../../stats/pattern/tracks.ts';
import type { Track } from '../../stats/pattern/tracks.ts';

export type PatternColumn = Pick<
  FeatureComparison,
  'name' | 'status' | 'rows' | 'missing' | 'invalid' | 'metrics' | 'counts'
>;

/** What was found of a window, as much of it as its time pattern needs. */
export interface PatternWindow {
  readonly startMs: number;
  readonly endMs: number;
  readonly compared: {
    readonly features: readonly PatternColumn[];
    readonly prediction: PatternColumn | null;
    readonly score: PatternColumn | null;
    readonly label: PatternColumn | null;
    readonly performance: Performance | null;
  };
}

export interface NamedTrack {
  readonly subject: TimePatternPart['subject'];
  readonly name: string;
  readonly track: Track;
}

/** A run may have hundreds of features; those that moved most are followed. */
const MOST_FEATURES = 100;
/** A figure of performance is followed when one window's differs from the baseline's at this level, all windows allowed for. */
const FIGURE_ALPHA = 0.001;
/** The calibration error of a window is larger than the baseline's for being of fewer rows alone. */
const NOT_FOLLOWED = 'ece';
const Z_95 = 1.959963984540054;

/** Everything that moved in at least one window, window by window. */
export function movedTracks(windows: readonly PatternWindow[]): NamedTrack[] {
  const outputs = (['prediction', 'score', 'label'] as const).flatMap((subject) => {
    const line = windows.map(({ compared }) => compared[subject]);
    return line.some((each) => each !== null && hasMoved(each))
      ? [{ subject, name: subject, track: countTrack(line) }]
      : [];
  });
  return [...movedFeatures(windows), ...outputs, ...movedFigures(windows)];
}

function movedFeatures(windows: readonly PatternWindow[]): NamedTrack[] {
  const largest = new Map<string, number>();
  for (const { compared } of windows) {
    for (const feature of compared.features) {
      if (!hasMoved(feature)) continue;
      const psi = judgedPsi(feature) ?? 0;
      largest.set(feature.name, Math.max(psi, largest.get(feature.name) ?? 0));
    }
  }
  const followed = [...largest].sort((a, b) => b[1] - a[1]).slice(0, MOST_FEATURES);
  return followed.map(([name]) => {
    const line = windows.map(({ compared }) => compared.features.find((each) => each.name === name) ?? null);
    return { subject: 'feature', name, track: countTrack(line) };
  });
}

function hasMoved({ status }: PatternColumn): boolean {
  return status === 'drift' || status === 'fault';
}

/** Cells are named alike in all windows; a level without a cell of its own in some window counts as it does there. */
function countTrack(line: readonly (PatternColumn | null)[]): Track {
  const cells = new Map<string | number | null, number>();
  for (const feature of line) {
    for (const bin of feature?.counts?.bins ?? []) if (!cells.has(bin)) cells.set(bin, cells.size);
  }
  const width = cells.size;
  return {
    kind: 'counts',
    counts: line.map((feature) => {
      const counts = Array.from({ length: width + 2 }, () => 0);
      if (feature?.counts === undefined) return counts;
      for (const [i, bin] of feature.counts.bins.entries()) {
        const at = cells.get(bin) ?? 0;
        counts[at] = (counts[at] ?? 0) + (feature.counts.current[i] ?? 0);
      }
      const rows = feature.rows.current;
      counts[width] = Math.round(rows * feature.missing.current);
      counts[width + 1] = Math.round(rows * feature.invalid.current);
      return counts;
    }),
  };
}

function movedFigures(windows: readonly PatternWindow[]): NamedTrack[] {
  const names = new Set<string>();
  for (const { compared } of windows) {
    for (const [name, { p_value: p }] of Object.entries(compared.performance?.metrics ?? {})) {
      if (name !== NOT_FOLLOWED && p !== null && p * windows.length < FIGURE_ALPHA) names.add(name);
    }
  }
  return [...names].map((name) => {
    const line = windows.map(({ compared }) => compared.performance?.metrics[name] ?? null);
    return {
      subject: 'performance',
      name,
      track: {
        kind: 'figures',
        values: line.map((metric) => metric?.current ?? null),
        standardErrors: line.map((metric) => {
          const [low, high] = metric?.interval ?? [0, 0];
          return high > low ? (high - low) / (2 * Z_95) : null;
        }),
      },
    };
  });
}

/** Features looked at together. */
const MOST_TOGETHER = 20;
/** What stands for the model's performance where several figures moved: they all come from the same errors. */
const MAIN_FIGURES = ['accuracy', 'mae', 'rmse', 'log_loss', 'brier', 'roc_auc'];
/** Windows, of all, in which a part must be known to be looked at together with the others. */
const MOSTLY_KNOWN = 0.8;

/** The tracks that are looked at together: one figure of performance, and what is known of most windows. */
export function jointTracks(tracks: readonly NamedTrack[], windows: number): Track[] {
  const figures = tracks.filter(({ subject }) => subject === 'performance');
  const main =
    MAIN_FIGURES.map((name) => figures.find((each) => each.name === name)).find(
      (each) => each !== undefined,
    ) ?? figures[0];
  const features = tracks.filter(({ subject }) => subject === 'feature').slice(0, MOST_TOGETHER);
  const outputs = tracks.filter(({ subject }) => subject !== 'feature' && subject !== 'performance');
  const wanted = [...features, ...outputs, ...(main === undefined ? [] : [main])];
  const present = (track: Track): number =>
    Array.from({ length: windows }, (_, at) => isPresent(track, at)).filter(Boolean).length;
  const known = wanted.filter(({ track }) => present(track) >= MOSTLY_KNOWN * windows);
  return (known.length > 0 ? known : wanted.slice(0, 1)).map(({ track }) => track);
}
