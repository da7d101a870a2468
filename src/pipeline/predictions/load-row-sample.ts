import { DAY_MS } from '../../core/clock.ts';
import type { Queryable } from '../../store/connection/pool.ts';
import { listChunks, loadChunks } from '../../store/predictions/prediction-chunks.ts';
import {
  allExist,
  listBlocks,
  loadPackRanges,
  type StoredBlock,
} from '../../store/predictions/prediction-blocks.ts';
import {
  labelsOf,
  modelOfVersion,
  type StoredSample,
  type StoredSampleRow,
  type SampledWindow,
  smallestLabelled,
} from '../../store/predictions/row-samples.ts';
import { bucketOf, type KeptRow, packBits, PredictionPack } from '../../window/prediction-pack.ts';
import { repackRows, type WantedRows } from '../../window/feature-chunk.ts';
import { inPieces } from '../windows/in-pieces.ts';
import { rangeOf } from './merge-predictions.ts';
import { halvesOf, hashOf, PredictionFinder } from './prediction-finder.ts';

/** Rows read at once while the smallest hashes are looked for, whether they belong to the window or not. */
const SLICE_ROWS = 65_536;
const MAX_TRIES = 5;

/** Compressed; of a sample's chunks so much is held at once. */
const PIECE_BYTES = 2 * 2 ** 20;
const NO_CHUNK = 0;

export interface SampleOptions {
  readonly featuresApart: boolean;
  readonly labelledFirst: boolean;
  /** Takes rows out of chunks, in a thread. Absent: right here. */
  readonly repack?: ((wanted: readonly WantedRows[]) => Promise<Uint8Array>) | undefined;
  readonly pieceBytes?: number;
}

interface Sampling {
  readonly modelId: number;
  readonly window: SampledWindow;
  readonly finder: PredictionFinder;
}

/**
 * The rows of a window with the smallest id hashes: a sample that does not depend on the order of arrival or
 * on which process stored what. Labelled rows come first when labels are wanted.
 */
export async function loadRowSample(
  db: Queryable,
  window: SampledWindow,
  limit: number,
  options: SampleOptions,
): Promise<StoredSample> {
  const modelId = await modelOfVersion(db, window.modelVersionId);
  if (modelId === null) return { rows: [], chunks: new Map() };
  const sampling = { modelId, window, finder: new PredictionFinder() };
  const rows = options.labelledFirst ? await labelledRows(db, sampling, limit) : [];
  if (rows.length < limit) rows.push(...(await otherRows(db, sampling, limit - rows.length, rows)));
  const sampled = options.featuresApart ? await withFeatures(db, sampling, rows) : rows.map(whole);
  return await inOwnChunks(db, window, sampled, options);
}

/**
 * The rows with chunks that hold nothing but them. A sample wants ten rows of each of hundreds of chunks, which are a
 * hundred megabytes together: they are read a few at a time.
 */
async function inOwnChunks(
  db: Queryable,
  window: SampledWindow,
  sampled: readonly StoredSampleRow[],
  { repack = async (wanted) => repackRows(wanted), pieceBytes = PIECE_BYTES }: SampleOptions,
): Promise<StoredSample> {
  const days = { fromMs: window.startMs, toMs: window.endMs };
  const ofChunk = Map.groupBy(sampled, ({ chunkId }) => chunkId ?? NO_CHUNK);
  const listed = await listChunks(db, days, new Set(sampled.flatMap(({ chunkId }) => chunkId ?? [])));
  const chunks = new Map<number, Uint8Array>();
  const placed = new Map<StoredSampleRow, StoredSampleRow>();
  for (const [n, piece] of inPieces(listed, pieceBytes).entries()) {
    const loaded = await loadChunks(db, days, new Set(piece));
    const wanted = [...loaded].map(([id, data]) => ({ data, from: withRow(ofChunk.get(id) ?? []) }));
    const ownId = -1 - n;
    chunks.set(
      ownId,
      await repack(wanted.map(({ data, from }) => ({ data, rows: from.map(({ chunkRow }) => chunkRow) }))),
    );
    let at = 0;
    for (const { row } of wanted.flatMap(({ from }) => from)) {
      placed.set(row, { ...row, chunkId: ownId, chunkRow: at });
      at += 1;
    }
  }
  return { rows: sampled.map((row) => placed.get(row) ?? { ...row, chunkId: null, chunkRow: null }), chunks };
}

function withRow(
  rows: readonly StoredSampleRow[],
): { readonly row: StoredSampleRow; readonly chunkRow: number }[] {
  return rows.flatMap((row) => (row.chunkRow === null ? [] : { row, chunkRow: row.chunkRow }));
}

interface FoundRow extends KeptRow {
  readonly label: string | number | null;
}

async function labelledRows(
  db: Queryable,
  { modelId, window, finder }: Sampling,
  limit: number,
): Promise<FoundRow[]> {
  const labels = await smallestLabelled(db, modelId, window, limit);
  const hashes = [...labels.keys()];
  const found = await finder.find(db, { modelId, kind: 0 }, hashes.map(halvesOf), (block) =>
    reaches(block, window),
  );
  return hashes.flatMap((hash, i) => {
    const row = found[i];
    return row === undefined ? [] : { ...row, label: labels.get(hash) ?? null };
  });
}

/** The rows with the smallest hashes that are not among those known already. */
async function otherRows(
  db: Queryable,
  { modelId, window }: Sampling,
  limit: number,
  known: readonly FoundRow[],
): Promise<FoundRow[]> {
  const taken = new Set(known.map(hashOf));
  const rows = await smallestRows(db, modelId, window, limit, taken);
  const days = [...new Set(rows.map(({ eventMs }) => new Date(eventMs).toISOString().slice(0, 10)))];
  const labels = await labelsOf(db, modelId, days, rows);
  return rows.map((row) => ({ ...row, label: labels.get(hashOf(row)) ?? null }));
}

async function smallestRows(
  db: Queryable,
  modelId: number,
  window: SampledWindow,
  limit: number,
  taken: ReadonlySet<bigint>,
): Promise<KeptRow[]> {
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    const blocks = (await listBlocks(db, { modelId, kind: 0 })).filter((block) => reaches(block, window));
    const rows = await smallestIn(db, blocks, window, limit, taken);
    const ids = blocks.map(({ id }) => id);
    if (await allExist(db, ids)) return rows;
  }
  throw new Error(`blocks of predictions were merged away ${MAX_TRIES} times during one sample`);
}

/** Packs are in the order of hashes: slice after slice of all blocks, until there are enough. */
async function smallestIn(
  db: Queryable,
  blocks: readonly StoredBlock[],
  window: SampledWindow,
  limit: number,
  taken: ReadonlySet<bigint>,
): Promise<KeptRow[]> {
  const rows: KeptRow[] = [];
  const total = blocks.reduce((sum, block) => sum + block.rows, 0);
  const sliceBits = Math.min(packBits(total), Math.max(0, Math.ceil(Math.log2(total / SLICE_ROWS))));
  for (let slice = 0; slice < 2 ** sliceBits && rows.length < limit; slice++) {
    const ofSlice: KeptRow[] = [];
    for (const [day, ofDay] of Map.groupBy(blocks, (block) => block.day)) {
      const dayMs = Date.parse(`${day}T00:00:00Z`);
      const ranges = ofDay.map(({ id, bits }) => ({ blockId: id, ...rangeOf(slice, sliceBits, bits) }));
      for (const data of await loadPackRanges(db, day, ranges)) {
        gather(new PredictionPack(data, dayMs), { slice, sliceBits }, window, taken, ofSlice);
      }
    }
    rows.push(...ofSlice.sort(byHash));
  }
  return rows.slice(0, limit);
}

function gather(
  pack: PredictionPack,
  { slice, sliceBits }: { readonly slice: number; readonly sliceBits: number },
  { modelVersionId, startMs, endMs }: SampledWindow,
  taken: ReadonlySet<bigint>,
  into: KeptRow[],
): void {
  for (let i = 0; i < pack.rows; i++) {
    const eventMs = pack.eventMs(i);
    if (eventMs < startMs || eventMs >= endMs || bucketOf(pack.high(i), sliceBits) !== slice) continue;
    const row = pack.row(i);
    if (row.modelVersionId === modelVersionId && !taken.has(hashOf(row))) into.push(row);
  }
}

function byHash(one: KeptRow, other: KeptRow): number {
  return one.high - other.high || (one.low >>> 0) - (other.low >>> 0);
}

/** Features logged apart are found by the same hash. */
async function withFeatures(
  db: Queryable,
  { modelId, window, finder }: Sampling,
  rows: readonly FoundRow[],
): Promise<StoredSampleRow[]> {
  const near = { ...window, startMs: window.startMs - DAY_MS, endMs: window.endMs + DAY_MS };
  const found = await finder.find(db, { modelId, kind: 1 }, rows, (block) => reaches(block, near));
  return rows.map((row, i) => ({
    ...whole(row),
    chunkId: found[i]?.chunkId ?? null,
    chunkRow: found[i]?.chunkRow ?? null,
  }));
}

function whole(row: FoundRow): StoredSampleRow {
  const { chunkId, chunkRow, prediction, score, label, holdout, segments, probabilities, eventMs } = row;
  return {
    idHash: hashOf(row),
    chunkId,
    chunkRow,
    prediction,
    score,
    label,
    holdout,
    segments,
    probabilities,
    timestampMs: eventMs,
  };
}

function reaches(
  block: StoredBlock,
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
): boolean {
  return block.fromMs < endMs && block.toMs >= startMs;
}
