import type { EvaluationSeries } from '../core/jobs.ts';
import type { Task } from '../core/model.ts';
import type { Table } from '../core/table.ts';
import { segmentReference } from '../baseline/segment-reference.ts';
import { compareProfiles } from '../compare/compare-profiles.ts';
import { applyFaults } from '../diagnose/apply-faults.ts';
import { diagnose } from '../diagnose/diagnose.ts';
import type { ReferenceProfile } from '../stats/profile/feature-reference.ts';
import { InputProfile } from '../stats/profile/input-profile.ts';
import { LabelProfile } from '../stats/profile/label-profile.ts';
import { decodeReference } from '../stats/profile/reference-codec.ts';
import { decodeTable } from '../stats/table-codec.ts';
import type { EvaluatedSegment } from '../store/evaluations.ts';
import type { RowSample } from '../store/row-samples.ts';
import type { StoredPart } from '../store/window-parts.ts';
import { WHOLE } from '../window/checkpoint-buffer.ts';
import { decodeFeatureChunk } from '../window/feature-chunk.ts';
import { sampleTable } from '../window/sample-table.ts';
import { compareWithSeason, type Season } from './seasonal-baseline.ts';

/** Everything an evaluation needs, as plain data: it runs in a thread of its own. */
export interface EvaluationInput {
  readonly series: EvaluationSeries;
  readonly task: Task;
  readonly positiveClass: string | null;
  readonly minRows: number;
  readonly minLabelled: number;
  readonly baseline: { readonly profile: Uint8Array; readonly sample: Uint8Array | null } | null;
  readonly parts: readonly StoredPart[];
  readonly sample: RowSample;
  /** Of models with a seasonal baseline: the inputs of past windows of the same season. */
  readonly seasonal?: Season;
}

export interface FoldedPart {
  readonly segment: string;
  readonly kind: 'input' | 'label';
  readonly rows: number;
  readonly delta: Uint8Array;
}

export interface EvaluationOutput {
  readonly segments: readonly EvaluatedSegment[];
  readonly folded: readonly FoldedPart[];
}

interface Baseline {
  readonly reference: ReferenceProfile;
  readonly rows: Table | null;
}

/**
 * Adds up a window's deltas, compares them with the baseline and says what kind of shift it is; for all rows
 * and for each segment. Pure: the same deltas in any order give the same answer.
 */
export function evaluateWindow(input: EvaluationInput): EvaluationOutput {
  const baseline = input.baseline === null ? null : readBaseline(input.baseline);
  const folded = fold(input, baseline?.reference ?? null);
  const rows = readRows(input.sample);
  const segments = [...folded.keys()].sort();
  return {
    segments: segments.map((segment) => evaluateSegment(segment, input, baseline, folded, rows)),
    folded: segments.flatMap((segment) => foldedParts(segment, folded)),
  };
}

interface SegmentProfiles {
  readonly input: InputProfile;
  readonly labels: LabelProfile;
}

function readBaseline(baseline: NonNullable<EvaluationInput['baseline']>): Baseline {
  return {
    reference: decodeReference(baseline.profile),
    rows: baseline.sample === null ? null : decodeTable(baseline.sample),
  };
}

function fold(input: EvaluationInput, reference: ReferenceProfile | null): Map<string, SegmentProfiles> {
  const folded = new Map<string, SegmentProfiles>();
  for (const part of input.parts) {
    let profiles = folded.get(part.segment);
    if (profiles === undefined) {
      profiles = {
        input: new InputProfile(reference, input.task),
        labels: new LabelProfile(reference, input.task),
      };
      folded.set(part.segment, profiles);
    }
    if (part.kind === 'input') profiles.input.merge(InputProfile.decode(part.delta, reference, input.task));
    else profiles.labels.merge(LabelProfile.decode(part.delta, reference, input.task));
  }
  return folded;
}

function evaluateSegment(
  segment: string,
  input: EvaluationInput,
  whole: Baseline | null,
  folded: ReadonlyMap<string, SegmentProfiles>,
  rows: readonly ReturnType<typeof readRows>[number][],
): EvaluatedSegment {
  const profiles = folded.get(segment);
  if (profiles === undefined) throw new Error(`segment '${segment}' has no parts`);
  const baseline = segment === WHOLE ? whole : ofSegment(segment, whole);
  const reference = baseline?.reference ?? emptyReference(input);
  const compared = compareProfiles(reference, profiles.input, profiles.labels, {
    minRows: input.minRows,
    minLabelled: input.minLabelled,
  });
  const performance =
    compared.performance === null ? null : { ...compared.performance, mature: input.series === 'matured' };
  const members = segment === WHOLE ? rows : rows.filter((row) => row.segments.includes(segment));
  const diagnosis = diagnose({
    task: input.task,
    positiveClass: input.positiveClass,
    compared: { ...compared, performance },
    reference: baseline?.rows ?? null,
    current:
      baseline === null || members.length === 0
        ? null
        : sampleTable(members, baseline.reference.features, input.task),
    options: {
      minRows: input.minRows,
      minLabelled: input.minLabelled,
      hasBaseline: baseline !== null,
      labelsTested: input.series === 'matured',
    },
  });
  const features = applyFaults(compared.features, diagnosis.faults);
  const evaluated = {
    segment,
    rows: profiles.input.rows,
    compared: { ...compared, performance, features },
    diagnosis,
  };
  return input.seasonal === undefined || whole === null
    ? evaluated
    : compareWithSeason(evaluated, profiles.input, whole.reference, input.seasonal, input);
}

function ofSegment(segment: string, whole: Baseline | null): Baseline | null {
  if (whole === null || whole.rows === null) return null;
  return segmentReference(segment, whole.reference, whole.rows);
}

/** A model without a baseline is watched all the same: its volume, its labels, its performance. */
function emptyReference(input: EvaluationInput): ReferenceProfile {
  return {
    task: input.task,
    positiveClass: input.positiveClass,
    rows: 0,
    features: [],
    prediction: null,
    score: null,
    label: null,
    performance: null,
  };
}

function foldedParts(segment: string, folded: ReadonlyMap<string, SegmentProfiles>): FoldedPart[] {
  const profiles = folded.get(segment);
  if (profiles === undefined) return [];
  const { input, labels } = profiles;
  const parts: FoldedPart[] = [{ segment, kind: 'input', rows: input.rows, delta: input.encode() }];
  if (labels.labelled !== 0) {
    parts.push({ segment, kind: 'label', rows: labels.labelled, delta: labels.encode() });
  }
  return parts;
}

function readRows(sample: RowSample) {
  const chunks = new Map([...sample.chunks].map(([id, data]) => [id, decodeFeatureChunk(data)]));
  return sample.rows.map((row) => ({
    features:
      (row.chunkId === null || row.chunkRow === null ? undefined : chunks.get(row.chunkId)?.[row.chunkRow]) ??
      new Map(),
    prediction: row.prediction,
    score: row.score,
    label: row.label,
    segments: row.segments,
  }));
}
