import type { FlatColumn, FlatLayout, FlatRow } from '../../core/events/flat-row.ts';
import type { CountingKernel } from '../../kernel/kernel.ts';
import type { ReferenceProfile } from '../../stats/profile/feature-reference.ts';
import type { InputProfile } from '../../stats/profile/input-profile.ts';
import type { RowSample } from '../../stats/profile/rows/row-sample.ts';
import type { CheckpointBuffer, Counter } from '../../window/checkpoint/buffer.ts';
import type { HeldIds } from '../../window/checkpoint/held-ids.ts';
import type { SeenIds } from '../../window/checkpoint/seen-ids.ts';
import { windowPlan } from '../../window/panes.ts';
import type { ModelColumns } from '../../window/model-columns.ts';
import type { WindowRef } from '../../window/window-ref.ts';
import type { CatalogModel } from '../windows/model-catalog.ts';
import { type Counted, createCounted } from './flat-counted.ts';

/**
 * What is remembered so that the next row of a shape costs nothing but its counting: a *target* is what rows of one layout
 * are counted for, a *stretch* is a time whose rows belong to the same windows. Both outlive a checkpoint; what of them
 * points into its buffer is *bound*, and bound anew to the next one.
 */

/** Labels are no rows: they are counted into nothing, and wait for nothing here. */
export type RowType = 'prediction' | 'features';

/** What a row is counted into, by the two of `Counted`. */
export interface Profiles {
  readonly counted: readonly InputProfile[];
  readonly grouped: readonly InputProfile[];
}

/** A stretch of time whose rows all belong to the same windows, of the sizes that still take them. */
export interface TimeStretch {
  /** Of its windows. */
  readonly names: readonly string[];
  /** Windows by baseline: those of one are counted together. */
  readonly counted: readonly (Counted & { readonly windows: readonly WindowRef[] })[];
  /** One of the windows has no baseline: features are found as they come, which only the ordinary way does. */
  readonly ordinary: boolean;
  readonly fed: readonly WindowRef[];
  bound: BoundStretch | null;
}

export interface BoundStretch {
  readonly buffer: CheckpointBuffer;
  readonly rows: readonly Counter[];
  readonly samples: readonly RowSample[];
  /** Segments of a row, joined → the profiles it is counted into, in the order of `counted`. */
  readonly profiles: Map<string, readonly Profiles[]>;
}

/** What messages hold that their rows come without. */
export interface LeftOutColumns {
  /** Columns that the model has no place for. */
  readonly surplus: readonly string[];
  /** How many columns are forgotten. */
  readonly forgotten: number;
}

/** What a layout's rows are counted for; it is without what is left out. */
export interface FlatTarget extends LeftOutColumns {
  readonly layout: FlatLayout;
  readonly type: RowType;
  readonly model: CatalogModel;
  readonly modelVersionId: number;
  /** Length of the stretches. */
  readonly stepMs: number;
  readonly known: SeenIds;
  /** By `stretchKey`. */
  readonly stretches: Map<number, TimeStretch>;
  /** The one met last, its key, and whose rows it takes: nearly always those of the next row, too. */
  readonly lately: { step: number; sizes: number; stretch: TimeStretch | undefined };
  readonly countings: Map<number, Counted>;
  readonly segments: readonly SegmentColumn[];
  readonly columns: ModelColumns;
  /** Of `columns`, when that was decided. */
  columnsRevision: number;
  bound: BoundTarget | null;
}

export interface BoundTarget {
  readonly buffer: CheckpointBuffer;
  readonly read: Counter;
  readonly windowed: Counter;
  readonly duplicate: Counter;
  readonly late: Counter;
  readonly ids: HeldIds;
  /** Of the buffer that is being stored meanwhile, or found repeated before. */
  readonly before: HeldIds | null;
}

/** A feature or tag that segments are made of, and the names of its texts by code: none or one each. */
export interface SegmentColumn {
  readonly feature: string;
  readonly columns: readonly FlatColumn[];
  readonly isGroup: boolean;
  readonly names: (readonly string[] | undefined)[];
}

/** Where a segment's feature may stand: in the features, and, where that is null, in the tags. */
export function segmentColumn(
  feature: string,
  { features, tags }: FlatLayout,
  isGroup: boolean,
): SegmentColumn {
  const columns = [...features, ...tags].filter(({ name }) => name === feature);
  return { feature, columns, isGroup, names: [] };
}

/** Names a stretch by its place in time and by the sizes. */
export function stretchKey({ model, stepMs }: FlatTarget, timestampMs: number, sizes: number): number {
  return Math.floor(timestampMs / stepMs) * 2 ** windowPlan(model.spec).length + sizes;
}

/** For the checkpoint that begins. */
export function bindTarget(target: FlatTarget, buffer: CheckpointBuffer): BoundTarget {
  // Nothing may keep an old buffer alive: it holds all that a checkpoint stored.
  for (const stretch of target.stretches.values()) stretch.bound = null;
  const { type } = target;
  target.bound = {
    buffer,
    read: buffer.readCounter(type),
    windowed: buffer.counter(type, 'windowed'),
    duplicate: buffer.counter(type, 'duplicate'),
    late: buffer.counter(type, 'late'),
    ids: buffer.ids(target.model.id, type),
    before: buffer.previousIds(target.model.id, type),
  };
  return target.bound;
}

export function bindStretch(stretch: TimeStretch, buffer: CheckpointBuffer): BoundStretch {
  const counted = stretch.counted.flatMap((each) => each.windows);
  stretch.bound = {
    buffer,
    rows: [...counted, ...stretch.fed].map((window) => buffer.rowCounter(window)),
    samples: counted.flatMap((window) => buffer.sample(window) ?? []),
    profiles: new Map(),
  };
  return stretch.bound;
}

/** Whether a row's id came before. */
export function isRepeated(
  { idHigh, idLow }: FlatRow,
  { known }: FlatTarget,
  { ids, before }: BoundTarget,
): boolean {
  return known.has(idHigh, idLow) || ids.set.has(idHigh, idLow) || before?.set.has(idHigh, idLow) === true;
}

export function hold({ idHigh, idLow }: FlatRow, { ids }: BoundTarget): void {
  ids.set.add(idHigh, idLow);
  ids.list.push(idHigh, idLow);
}

function bytesOfGrids({ features, prediction, score }: ReferenceProfile): number {
  let points = 0;
  for (const each of [...features, prediction, score])
    if (each?.kind === 'numeric') points += each.grid.length;
  return points * Float64Array.BYTES_PER_ELEMENT;
}

/** Null for a window without a baseline, or without room for its grids in the kernel's memory. */
export function countingOf(
  kernel: CountingKernel | null,
  { layout, model, countings }: FlatTarget,
  window: WindowRef | undefined,
): Counted | null {
  if (kernel === null || window === undefined || window.reference === null || window.baselineId === null)
    return null;
  let counted = countings.get(window.baselineId);
  if (counted === undefined) {
    // Grids are the operator's: of a thousand models the last ones are counted the ordinary way.
    if (!kernel.hasRoom(bytesOfGrids(window.reference))) return null;
    counted = createCounted(kernel, layout, model.spec, window.reference);
    countings.set(window.baselineId, counted);
  }
  return counted;
}
