import { compareVersions } from '../../compare/compare-versions.ts';
import { DAY_MS } from '../../core/clock.ts';
import type { ModelSpec } from '../../core/model.ts';
import { DEFAULT_OPERATIONAL } from '../../core/operational.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { VersionComparison } from '../../core/version-comparison.ts';
import type { Queryable } from '../../store/connection/pool.ts';
import {
  loadEvaluatedWindows,
  loadMaturedLabels,
  loadVersions,
  shortestWindows,
} from '../../store/evaluation/version-windows.ts';
import { factsOf, qualityByVersion } from './version-facts.ts';

export interface VersionsRequest {
  /** Whole windows within; without a beginning the thirty days before the end, without an end up to the newest. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
  /** Null: the first seen. */
  readonly base: string | null;
}

export interface VersionsRefused {
  readonly reason: 'unknown_version' | 'too_many_windows';
  readonly detail: string;
}

const DEFAULT_RANGE_MS = 30 * DAY_MS;
/** More are several megabytes to add up, and nobody compares versions over years. */
const MAX_WINDOWS = 20_000;

/**
 * The versions of a model side by side, from what is stored of their windows: how predictions were made from the newest
 * evaluation of each, labels from the windows that have matured.
 */
export async function compareStoredVersions(
  db: Queryable,
  { name, task, operational, versionSizes }: ModelSpec,
  { fromMs, toMs, base }: VersionsRequest,
): Promise<Result<VersionComparison, VersionsRefused>> {
  const versions = await loadVersions(db, name);
  if (base !== null && !versions.some((version) => version.name === base)) {
    return fail({ reason: 'unknown_version', detail: `${name} has no version ${base}` });
  }
  const versionIds = versions.map(({ id }) => id);
  const shortest = await shortestWindows(db, versionIds);
  const spec = operational ?? DEFAULT_OPERATIONAL;
  const optimizing = task === 'classification' ? 'accuracy' : 'rmse';
  if (shortest === null) {
    return ok({
      model: name,
      size_ms: null,
      size_rows: null,
      from: null,
      to: null,
      ...compareVersions([], optimizing, spec, null),
    });
  }
  const endMs = toMs ?? shortest.newestEndMs;
  const range = {
    versionIds,
    sizeMs: shortest.sizeMs,
    fromMs: fromMs ?? endMs - DEFAULT_RANGE_MS,
    toMs: endMs,
  };
  const windows = await loadEvaluatedWindows(db, range, MAX_WINDOWS + 1);
  if (windows.length > MAX_WINDOWS) {
    const detail = `more than ${MAX_WINDOWS.toLocaleString('en')} windows lie in this range; choose a shorter one`;
    return fail({ reason: 'too_many_windows', detail });
  }
  const quality = await qualityByVersion(db, await loadMaturedLabels(db, range), task);
  const byVersion = Map.groupBy(windows, ({ modelVersionId }) => modelVersionId);
  const facts = versions.map((version) =>
    factsOf(version, byVersion.get(version.id) ?? [], quality.get(version.id) ?? null, versionSizes),
  );
  const seen = facts.filter(({ version, windows: some }) => some > 0 || version === base);
  return ok({
    model: name,
    size_ms: range.sizeMs > 0 ? range.sizeMs : null,
    size_rows: range.sizeMs < 0 ? -range.sizeMs : null,
    from: new Date(range.fromMs).toISOString(),
    to: new Date(range.toMs).toISOString(),
    ...compareVersions(seen, optimizing, spec, base),
  });
}
