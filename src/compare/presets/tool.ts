import type { PresetResult, PresetSummary } from '../../core/columns/preset-result.ts';
import type { Column } from '../../core/table.ts';
import { pairColumns } from './column-pair.ts';
import type { ColumnPair } from './column-pair.ts';
import { unmeasured } from './method.ts';
import type { MethodResult, Method } from './method.ts';
import type { ToolPreset, PresetContext, ToolPresetName } from './preset.ts';

/** A tool: its methods, which one it takes by itself, and when it calls a whole data set drifted. */
export interface Tool {
  readonly name: ToolPresetName;
  readonly methods: readonly Method[];
  choose(pair: ColumnPair): Method;
  /** Said of a feature one of whose sides has no values. */
  readonly emptyNote: string;
  /** Said where ±Infinity was left out although the tool does otherwise; null where it leaves them out too. */
  readonly infinityNote: string | null;
  /** Share of drifted features from which the data set counts as drifted; null where the tool has no such rule. */
  readonly datasetShare: number | null;
}

export function presetOf(tool: Tool, forced: Method | null): ToolPreset {
  const name = forced === null ? tool.name : `${tool.name}:${forced.name}`;
  return {
    name,
    feature: (reference, current, context) => measureFeature(tool, forced, reference, current, context),
    summary: (results) => summarize(name, tool.datasetShare, results),
  };
}

function measureFeature(
  tool: Tool,
  forced: Method | null,
  reference: Column,
  current: Column,
  context: PresetContext,
): PresetResult {
  const pair = pairColumns(reference, current, context);
  if (pair === null) {
    const kinds = `${reference.kind} in the reference, ${current.kind} now`;
    return toResult(forced?.name ?? 'none', unmeasured(`${kinds}: the two cannot be compared`), null);
  }
  const method = forced ?? tool.choose(pair);
  if (!method.kinds.includes(pair.kind)) {
    return toResult(
      method.name,
      unmeasured(`${tool.name} has no ${method.name} for ${pair.kind} columns`),
      null,
    );
  }
  const [n, m] =
    pair.kind === 'numeric' ? [pair.reference.n, pair.current.n] : [pair.counts.n, pair.counts.m];
  if (n === 0 || m === 0) return toResult(method.name, unmeasured(tool.emptyNote), null);
  const infinite = pair.kind === 'numeric' && pair.reference.infinite + pair.current.infinite > 0;
  return toResult(method.name, method.measure(pair), infinite ? tool.infinityNote : null);
}

function toResult(method: string, measured: MethodResult, extraNote: string | null): PresetResult {
  const finite = measured.value === null || Number.isFinite(measured.value);
  const { value, pValue, threshold, drifted, note } = finite
    ? measured
    : { ...unmeasured('the value is not a finite number'), pValue: undefined };
  const notes = [note, extraNote].filter((text) => text !== undefined && text !== null);
  return {
    method,
    value,
    ...(pValue === undefined || !Number.isFinite(pValue) ? {} : { p_value: pValue }),
    threshold,
    drifted,
    ...(notes.length === 0 ? {} : { note: notes.join('; ') }),
  };
}

/** Features without a judgement count neither as drifted nor at all. */
function summarize(name: string, share: number | null, results: readonly PresetResult[]): PresetSummary {
  const judged = results.filter((result) => result.drifted !== null);
  const drifted = judged.filter((result) => result.drifted === true).length;
  const driftedShare = judged.length === 0 ? 0 : drifted / judged.length;
  return {
    name,
    features: judged.length,
    drifted_features: drifted,
    drifted_share: driftedShare,
    threshold: share,
    drifted: share === null || judged.length === 0 ? null : driftedShare >= share,
  };
}
