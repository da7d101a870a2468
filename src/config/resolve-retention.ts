import type { z } from 'zod';
import { DAY_MS } from '../core/clock.ts';
import { SEASON_WEEKS, SEASON_YEARS } from '../core/model.ts';
import type { Retention, ModelRetention } from '../core/history/retention.ts';
import { durationMs, durationText } from './duration.ts';
import type { modelRetentionSchema } from './schema/retention.ts';
import type { ConfigFile, ModelEntry } from './schema/root.ts';

const DEFAULT_DAYS = {
  predictions: 30,
  comparisons: 30,
  counts: 90,
  days: 400,
  windows: 400,
  incidents: 1_095,
  messages: 90,
  dead_letters: 30,
  batches: 7,
  audit: 400,
} as const;

/** Weeks are made of them. */
export const DAYS_KEPT = `${DEFAULT_DAYS.days}d`;

/** What the file says of all models, in its own words. */
export type RetentionEntry = {
  readonly [kind in keyof typeof DEFAULT_DAYS | 'weeks']?: string | undefined;
};

export interface ResolvedHistory {
  readonly retention: Retention;
  readonly models: readonly {
    readonly model: string;
    readonly horizonMs: number;
    readonly retention: ModelRetention;
  }[];
}

/** What is not said lasts as long as by default, or as what needs it; what is said was found to do so. */
export function resolveRetention(file: ConfigFile): ResolvedHistory {
  const said: RetentionEntry = file.retention ?? {};
  const needs = {
    counts: Math.max(...file.models.map(countsNeededMs)),
    predictions: Math.max(...file.models.map(({ labels }) => durationMs(labels.horizon))),
  };
  const all = modelRetention(said, {}, needs);
  return {
    retention: {
      ...all,
      incidentsMs: of(said.incidents, 'incidents', all.windowsMs),
      messagesMs: of(said.messages, 'messages'),
      deadLettersMs: of(said.dead_letters, 'dead_letters'),
      batchesMs: of(said.batches, 'batches'),
      auditMs: of(said.audit, 'audit'),
    },
    models: file.models.map((model) => ({
      model: model.name,
      horizonMs: durationMs(model.labels.horizon),
      retention: modelRetention(model.retention, said, { ...needs, counts: countsNeededMs(model) }),
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

type ModelEntryRetention = Pick<RetentionEntry, keyof z.infer<typeof modelRetentionSchema>>;

function modelRetention(
  own: ModelEntryRetention,
  all: ModelEntryRetention,
  needs: { readonly counts: number; readonly predictions: number },
): ModelRetention {
  const saidCounts = own.counts ?? all.counts;
  const windowsMs = of(own.windows ?? all.windows, 'windows', of(saidCounts, 'counts', needs.counts));
  const weeks = own.weeks ?? all.weeks;
  // What is kept of a window goes with it.
  const countsMs = Math.min(windowsMs, of(saidCounts, 'counts', needs.counts));
  return {
    predictionsMs: of(own.predictions ?? all.predictions, 'predictions', needs.predictions),
    countsMs,
    daysMs: of(own.days ?? all.days, 'days', countsMs),
    weeksMs: weeks === undefined || weeks === 'off' ? null : durationMs(weeks),
    windowsMs,
    comparisonsMs: Math.min(windowsMs, of(own.comparisons ?? all.comparisons, 'comparisons')),
  };
}

function of(said: string | undefined, kind: keyof typeof DEFAULT_DAYS, ...atLeastMs: number[]): number {
  return said === undefined ? Math.max(DEFAULT_DAYS[kind] * DAY_MS, ...atLeastMs) : durationMs(said);
}

/** The file with what is kept for how long of all, and of each model, where it does not say. */
export function withRetention(file: ConfigFile): ConfigFile {
  const { retention, models } = resolveRetention(file);
  const own = new Map(models.map((each) => [each.model, each.retention]));
  const { incidentsMs, messagesMs, deadLettersMs, batchesMs, auditMs, ...ofModels } = retention;
  return {
    ...file,
    retention: {
      ...inWords(ofModels),
      incidents: durationText(incidentsMs),
      messages: durationText(messagesMs),
      dead_letters: durationText(deadLettersMs),
      batches: durationText(batchesMs),
      audit: durationText(auditMs),
    },
    models: file.models.map((model) => ({ ...model, retention: inWords(own.get(model.name) ?? ofModels) })),
  };
}

function inWords({ weeksMs, ...kept }: ModelRetention) {
  return {
    predictions: durationText(kept.predictionsMs),
    comparisons: durationText(kept.comparisonsMs),
    counts: durationText(kept.countsMs),
    days: durationText(kept.daysMs),
    weeks: weeksMs === null ? 'off' : durationText(weeksMs),
    windows: durationText(kept.windowsMs),
  };
}
