import { DAY_MS } from '../../core/clock.ts';
import type { Features } from '../../core/events/events.ts';
import type { Tx } from '../../store/connection/pool.ts';
import { type EffectiveLabel, effectiveLabels } from '../../store/labels/effective-labels.ts';
import { listBlocks, loadPackRanges, type StoredBlock } from '../../store/predictions/prediction-blocks.ts';
import { loadChunks } from '../../store/predictions/prediction-chunks.ts';
import { decodeFeatureChunk } from '../../window/feature-chunk.ts';
import { type KeptRow, PredictionPack } from '../../window/prediction-pack.ts';
import { hashOf, PredictionFinder } from './prediction-finder.ts';

export interface KeptQuery {
  readonly modelId: number;
  /** Ids of the versions wanted. */
  readonly versions: ReadonlySet<number>;
  /** [fromMs, toMs) of the prediction's time. */
  readonly fromMs: number;
  readonly toMs: number;
  /** `name=value`; null: all rows. */
  readonly segment: string | null;
  readonly labelledOnly: boolean;
  /** Features are logged apart from predictions. */
  readonly featuresApart: boolean;
}

/** A prediction as it is kept. */
export interface KeptPrediction {
  readonly row: KeptRow;
  readonly features: Features;
  readonly label: EffectiveLabel | null;
}

/** Rows in memory at once, without their features. A day with more is gone through several times. */
const ROWS_A_PASS = 250_000;

/**
 * Kept predictions of a time range, day by day, some at a time. `take` is waited for, so memory does not follow the range.
 *
 * @returns how many there were
 */
export async function eachKept(
  tx: Tx,
  query: KeptQuery,
  take: (rows: readonly KeptPrediction[]) => Promise<void>,
): Promise<number> {
  const blocks = (await listBlocks(tx, { modelId: query.modelId, kind: 0 })).filter(
    ({ fromMs, toMs }) => fromMs < query.toMs && toMs >= query.fromMs,
  );
  let taken = 0;
  for (const [day, ofDay] of byDay(blocks)) {
    for (const chunks of await passes(tx, day, ofDay, query)) {
      const rows = await rowsOf(tx, day, ofDay, query, chunks);
      taken += await takeRows(tx, day, rows, query, take);
    }
  }
  return taken;
}

/** Blocks by their day, oldest first. */
function byDay(blocks: readonly StoredBlock[]): [string, StoredBlock[]][] {
  const days = [...Map.groupBy(blocks, (block) => block.day)];
  return days.sort(([one], [other]) => (one < other ? -1 : 1));
}

/** Chunks of features in groups of about `ROWS_A_PASS` rows: a chunk is unpacked once. */
async function passes(
  tx: Tx,
  day: string,
  blocks: readonly StoredBlock[],
  query: KeptQuery,
): Promise<Set<number>[]> {
  const rowsOfChunk = new Map<number, number>();
  for await (const row of wantedRows(tx, day, blocks, query)) {
    rowsOfChunk.set(row.chunkId, (rowsOfChunk.get(row.chunkId) ?? 0) + 1);
  }
  const groups: Set<number>[] = [];
  let rows = ROWS_A_PASS;
  for (const [chunk, count] of [...rowsOfChunk].sort(([one], [other]) => one - other)) {
    if (rows + count > ROWS_A_PASS) {
      groups.push(new Set());
      rows = 0;
    }
    groups.at(-1)?.add(chunk);
    rows += count;
  }
  return groups;
}

async function rowsOf(
  tx: Tx,
  day: string,
  blocks: readonly StoredBlock[],
  query: KeptQuery,
  chunks: ReadonlySet<number>,
): Promise<KeptRow[]> {
  const rows: KeptRow[] = [];
  for await (const row of wantedRows(tx, day, blocks, query)) if (chunks.has(row.chunkId)) rows.push(row);
  return rows;
}

/** Packs of a block that are read at once. */
const PACKS_AT_ONCE = 4_096;

async function* wantedRows(
  tx: Tx,
  day: string,
  blocks: readonly StoredBlock[],
  query: KeptQuery,
): AsyncGenerator<KeptRow> {
  const dayMs = Date.parse(`${day}T00:00:00Z`);
  for (const { id, bits } of blocks) {
    for (let from = 0; from < 2 ** bits; from += PACKS_AT_ONCE) {
      const range = { blockId: id, from, to: from + PACKS_AT_ONCE };
      for (const data of await loadPackRanges(tx, day, [range])) {
        yield* wantedOf(new PredictionPack(data, dayMs), query);
      }
    }
  }
}

function* wantedOf(pack: PredictionPack, { versions, fromMs, toMs, segment }: KeptQuery): Generator<KeptRow> {
  for (let i = 0; i < pack.rows; i++) {
    const eventMs = pack.eventMs(i);
    if (eventMs < fromMs || eventMs >= toMs) continue;
    const row = pack.row(i);
    if (versions.has(row.modelVersionId) && (segment === null || row.segments.includes(segment))) yield row;
  }
}

async function takeRows(
  tx: Tx,
  day: string,
  kept: readonly KeptRow[],
  query: KeptQuery,
  take: (rows: readonly KeptPrediction[]) => Promise<void>,
): Promise<number> {
  const labels = await effectiveLabels(tx, query.modelId, day, kept);
  const wanted = query.labelledOnly ? kept.filter((row) => labels.has(hashOf(row))) : kept;
  const placed = query.featuresApart
    ? await placesApart(tx, query, wanted)
    : wanted.map((row) => ({ row, at: row }));
  const byChunk = [...Map.groupBy(placed, ({ at }) => at?.chunkId ?? null)].sort(
    ([one], [other]) => (one ?? -1) - (other ?? -1),
  );
  for (const [chunk, members] of byChunk) {
    const features = chunk === null ? [] : await featuresOf(tx, day, chunk);
    const inOrder = members.sort((one, other) => (one.at?.chunkRow ?? 0) - (other.at?.chunkRow ?? 0));
    await take(
      inOrder.map(({ row, at }) => ({
        row,
        features: (at === undefined ? undefined : features[at.chunkRow]) ?? new Map(),
        label: labels.get(hashOf(row)) ?? null,
      })),
    );
  }
  return wanted.length;
}

interface Placed {
  readonly row: KeptRow;
  /** Where its features are; undefined: they never came. */
  readonly at: KeptRow | undefined;
}

async function placesApart(tx: Tx, query: KeptQuery, rows: readonly KeptRow[]): Promise<Placed[]> {
  const finder = new PredictionFinder();
  const found = await finder.find(
    tx,
    { modelId: query.modelId, kind: 1 },
    rows,
    ({ fromMs, toMs }) => fromMs < query.toMs + DAY_MS && toMs >= query.fromMs - DAY_MS,
  );
  return rows.map((row, i) => ({ row, at: found[i] }));
}

async function featuresOf(tx: Tx, day: string, chunk: number): Promise<Features[]> {
  const dayMs = Date.parse(`${day}T00:00:00Z`);
  const loaded = await loadChunks(tx, { fromMs: dayMs, toMs: dayMs }, new Set([chunk]));
  const data = loaded.get(chunk);
  return data === undefined ? [] : decodeFeatureChunk(data);
}
