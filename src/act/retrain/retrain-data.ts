import type { Performance } from '../../core/findings.ts';
import type { RequestIncident, RetrainRequest } from '../../core/jobs.ts';
import type { TrainingRange } from '../../core/retrain/training-range.ts';
import type { RetrainData } from './targets/target.ts';

/** The standard asks for bodies under 20 kB; what a target wants around the data fits beside this. */
const MAX_DATA_BYTES = 16_000;
const MAX_EVIDENCE = 20;

/**
 * What a target is told, in the names that go over the wire, and never more than `maxBytes` of it: what is longest and
 * can be fetched from `run_url` goes first.
 */
export function retrainData(
  request: RetrainRequest,
  publicUrl: string | null,
  maxBytes = MAX_DATA_BYTES,
): RetrainData {
  const run = publicUrl === null ? null : `${publicUrl}/api/v1/retrains/${request.runId}`;
  const whole: RetrainData = {
    ...(request.test === true && { test: true }),
    run_id: request.runId,
    model: request.model,
    model_version: request.modelVersion,
    trigger: request.trigger,
    reason: request.reason,
    requested_at: iso(request.requestedAtMs),
    window: request.window === null ? null : { id: request.window.id, ...span(request.window) },
    verdict: request.verdict,
    advice: request.advice,
    summary: request.summary,
    evidence: request.evidence.slice(0, MAX_EVIDENCE),
    performance: request.performance,
    requested_by: request.requestedBy ?? null,
    comment: request.comment ?? null,
    incident: request.incident == null ? null : incidentData(request.incident),
    training_range: request.training == null ? null : rangeData(request.training),
    labelled_data: labelledData(request, publicUrl),
    run_url: run,
    status_url: run === null ? null : `${run}/status`,
  };
  return shortened(whole, request, maxBytes);
}

function shortened(whole: RetrainData, request: RetrainRequest, maxBytes: number): RetrainData {
  const shorter: readonly ((data: RetrainData) => Record<string, unknown>)[] = [
    () => ({ performance: figures(request.performance) }),
    () => ({ evidence: request.evidence.slice(0, 5) }),
    ({ incident }) => ({ incident: incident === null ? null : { ...(incident as object), windows: [] } }),
    ({ training_range: range }) => ({ training_range: outline(range) }),
    () => ({ evidence: [], performance: null }),
    () => ({ labelled_data: null }),
    () => ({ incident: null, comment: null, summary: request.summary.slice(0, 200) }),
    () => ({ training_range: null, window: null }),
    () => ({ summary: '' }),
  ];
  let data = whole;
  for (const shorten of shorter) {
    if (Buffer.byteLength(JSON.stringify(data)) <= maxBytes) break;
    data = { ...data, ...shorten(data) };
  }
  return data;
}

/** Without what grows with the number of classes and groups. */
function figures(performance: Performance | null): unknown {
  if (performance === null) return null;
  const { labelled, mature, metrics } = performance;
  return { labelled, mature, metrics };
}

function outline(range: unknown): unknown {
  if (range === null) return null;
  const { from, to, rows, labels, begins } = range as Record<string, unknown>;
  return { from, to, rows, labels, begins };
}

function incidentData({ id, sinceMs, windowCount, windows }: RequestIncident): object {
  return {
    id,
    since: iso(sinceMs),
    window_count: windowCount,
    windows: windows.map((window) => ({ id: window.id, ...span(window), verdict: window.verdict })),
  };
}

function rangeData({ begins, labelsKnown, rows, labels, intervals, leftOut }: TrainingRange): object {
  const counted = (interval: TrainingRange['intervals'][number]) => ({
    from: iso(interval.fromMs),
    to: iso(interval.toMs),
    rows: interval.rows,
    labels: labelsKnown ? interval.labels : null,
  });
  const [first, last] = [intervals[0], intervals.at(-1)];
  return {
    from: first === undefined ? null : iso(first.fromMs),
    to: last === undefined ? null : iso(last.toMs),
    // Counted when the windows were last evaluated: more labels may have come.
    rows,
    labels: labelsKnown ? labels : null,
    begins,
    intervals: intervals.map(counted),
    left_out: leftOut.map((stretch) => ({ ...counted(stretch), reason: stretch.reason })),
  };
}

/** Where the rows of the range can be had, one address and one command for each interval. */
function labelledData(request: RetrainRequest, publicUrl: string | null): object | null {
  const { training, dataStored = false, model, modelVersion } = request;
  if (!dataStored || training == null || !training.labelsKnown || training.intervals.length === 0)
    return null;
  const urlOf = (from: string, to: string): string =>
    `${publicUrl ?? ''}/api/v1/labelled-data?${new URLSearchParams({ model, version: modelVersion, from, to }).toString()}`;
  const commandOf = (from: string, to: string): string =>
    `shiftwatch labelled-data export --model ${shellWord(model)} --model-version ${shellWord(modelVersion)} --from ${from} --to ${to}`;
  const times = training.intervals.map(({ fromMs, toMs }) => [iso(fromMs), iso(toMs)] as const);
  return {
    urls: publicUrl === null ? null : times.map(([from, to]) => urlOf(from, to)),
    commands: times.map(([from, to]) => commandOf(from, to)),
  };
}

/** A name out of a log must not become a second command. */
function shellWord(text: string): string {
  return /^[\w.@%+:,/][\w.@%+:,/-]*$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function span({ startMs, endMs }: { readonly startMs: number; readonly endMs: number }): object {
  return { start: iso(startMs), end: iso(endMs) };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
