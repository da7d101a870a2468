import { DAY_MS } from '../core/clock.ts';
import { SEASON_WEEKS, SEASON_YEARS } from '../core/model.ts';
import type { Retention, WindowRetention } from '../core/history/retention.ts';
import { durationMs } from './duration.ts';
import type { ConfigFile, ModelEntry } from './schema/root.ts';

const DEFAULT_DAYS = {
  predictions: 30,
  comparisons: 30,
  counts: 90,
  windows: 400,
  incidents: 1_095,
  messages: 90,
  dead_letters: 30,
  batches: 7,
} as const;

/** What the file says of all models, in its own words. */
export type RetentionEntry = { readonly [kind in keyof typeof DEFAULT_DAYS]?: string | undefined };

export interface ResolvedHistory {
  readonly retention: Retention;
  readonly models: readonly {
    readonly model: string;
    readonly horizonMs: number;
    readonly retention: WindowRetention;
  }[];
}

/** What is not said lasts as long as by default, or as what needs it; what is said was found to do so. */
export function resolveRetention(file: ConfigFile): ResolvedHistory {
  const said: RetentionEntry = file.retention ?? {};
  const needed = Math.max(...file.models.map(countsNeededMs));
  const all = windowRetention(said, {}, needed);
  return {
    retention: {
      ...all,
      predictionsMs: of(
        said.predictions,
        'predictions',
        ...file.models.map(({ labels }) => durationMs(labels.horizon)),
      ),
      incidentsMs: of(said.incidents, 'incidents', all.windowsMs),
      messagesMs: of(said.messages, 'messages'),
      deadLettersMs: of(said.dead_letters, 'dead_letters'),
      batchesMs: of(said.batches, 'batches'),
    },
    models: file.models.map((model) => ({
      model: model.name,
      horizonMs: durationMs(model.labels.horizon),
      retention: windowRetention(model.retention, said, countsNeededMs(model)),
    })),
  };
}

/** Rows and labels may still come to a window for so long, or a window of the same season asks for it. */
export function countsNeededMs({ labels, windows, seasonal }: ModelEntry): number {
  const lasting = windows.map(
    ({ size, grace, accept_late: late }) => durationMs(size) + durationMs(grace) + durationMs(late),
  );
  const longest = Math.max(...windows.map(({ size }) => durationMs(size)));
  const season =
    seasonal === undefined
      ? 0
      : longest + DAY_MS * (seasonal === 'previous_year' ? 366 * SEASON_YEARS + 4 : 7 * SEASON_WEEKS);
  return Math.max(durationMs(labels.horizon) + longest, ...lasting, season);
}

type WindowEntry = Pick<RetentionEntry, 'comparisons' | 'counts' | 'windows'>;

function windowRetention(own: WindowEntry, all: WindowEntry, neededMs: number): WindowRetention {
  const countsMs = of(own.counts ?? all.counts, 'counts', neededMs);
  const windowsMs = of(own.windows ?? all.windows, 'windows', countsMs);
  return {
    countsMs,
    windowsMs,
    comparisonsMs: Math.min(windowsMs, of(own.comparisons ?? all.comparisons, 'comparisons')),
  };
}

function of(said: string | undefined, kind: keyof typeof DEFAULT_DAYS, ...atLeastMs: number[]): number {
  return said === undefined ? Math.max(DEFAULT_DAYS[kind] * DAY_MS, ...atLeastMs) : durationMs(said);
}
