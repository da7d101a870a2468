import { DAY_MS } from '../../core/clock.ts';
import { type Features, LABEL_SOURCES } from '../../core/events/events.ts';
import { PROBABILITY_PREFIX } from '../../core/table.ts';
import type { LabelledRow } from '../../labels/labelled-row.ts';
import { effectiveLabels } from '../../store/labels/effective-labels.ts';
import { inSnapshot, type Pool, type Tx } from '../../store/connection/pool.ts';
import { loadChunks } from '../../store/predictions/prediction-chunks.ts';
import { listBlocks, loadPackRanges, type StoredBlock } from '../../store/predictions/prediction-blocks.ts';
import { decodeFeatureChunk } from '../../window/feature-chunk.ts';
import { type KeptRow, PredictionPack } from '../../window/prediction-pack.ts';
import { hashOf, PredictionFinder } from './prediction-finder.ts';

export interface LabelledDataQuery {
  readonly modelId: number;
  /** Id → name of the versions wanted. */
  readonly versions: ReadonlyMap<number, string>;
  /** [fromMs, toMs) of the prediction's time. */
  readonly fromMs: number;
  readonly toMs: number;
  /** `name=value`; null: all rows. */
  readonly segment: string | null;
  readonly labelledOnly: boolean;
  /** Features are logged apart from predictions. */
  readonly featuresApart: boolean;
}

/** Rows in memory at once, without their features. A day with more is gone through several times. */
const ROWS_A_PASS = 250_000;
/** A reader may be slow; it holds no lock that writers wait for. */
const MOST_IDLE_MS = 600_000;

export interface LabelledDataWriter {
  /** Given the names of all features that rows have, before the first row; then the rows are gone through twice. */
  begin?(features: readonly string[]): Promise<void>;
  write(rows: readonly LabelledRow[]): Promise<void>;
}

/**
 * Kept predictions of a time range with their labels and features, day by day, as they stood at one moment: labels that
 * arrive meanwhile are not in it. The writer is waited for, so memory does not follow the range.
 *
 * @returns how many rows were written
 */
export async function exportLabelledData(
  pool: Pool,
  query: LabelledDataQuery,
  writer: LabelledDataWriter,
): Promise<number> {
  return await inSnapshot(pool, async (tx) => {
    await tx.query(`select set_config('idle_in_transaction_session_timeout', $1, true)`, [`${MOST_IDLE_MS}`]);
    const blocks = (await listBlocks(tx, { modelId: query.modelId, kind: 0 })).filter(
      ({ fromMs, toMs }) => fromMs < query.toMs && toMs >= query.fromMs,
    );
    if (writer.begin !== undefined) {
      const names = new Set<string>();
      await eachRows(tx, blocks, query, async (rows) => {
        for (const { features } of rows) for (const name of features.keys()) names.add(name);
      });
      await writer.begin([...names].sort());
    }
    return await eachRows(tx, blocks, query, async (rows) => await writer.write(rows));
  });
}

async function eachRows(
  tx: Tx,
  blocks: readonly StoredBlock[],
  query: LabelledDataQuery,
  write: LabelledDataWriter['write'],
): Promise<number> {
  let written = 0;
  for (const [day, ofDay] of byDay(blocks)) {
    for (const chunks of await passes(tx, day, ofDay, query)) {
      const rows = await rowsOf(tx, day, ofDay, query, chunks);
      written += await writeRows(tx, day, rows, query, write);
    }
  }
  return written;
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
  query: LabelledDataQuery,
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
  query: LabelledDataQuery,
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
  query: LabelledDataQuery,
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

function* wantedOf(
  pack: PredictionPack,
  { versions, fromMs, toMs, segment }: LabelledDataQuery,
): Generator<KeptRow> {
  for (let i = 0; i < pack.rows; i++) {
    const eventMs = pack.eventMs(i);
    if (eventMs < fromMs || eventMs >= toMs) continue;
    const row = pack.row(i);
    if (versions.has(row.modelVersionId) && (segment === null || row.segments.includes(segment))) yield row;
  }
}

async function writeRows(
  tx: Tx,
  day: string,
  kept: readonly KeptRow[],
  query: LabelledDataQuery,
  write: (rows: readonly LabelledRow[]) => Promise<void>,
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
    await write(
      inOrder.map(({ row, at }) => {
        const label = labels.get(hashOf(row));
        return {
          eventMs: row.eventMs,
          modelVersion: query.versions.get(row.modelVersionId) ?? '',
          prediction: row.prediction,
          score: row.score,
          holdout: row.holdout,
          label:
            label === undefined
              ? null
              : {
                  value: label.value,
                  source: LABEL_SOURCES[label.sourceRank] ?? 'natural',
                  final: label.final,
                  atMs: label.atMs,
                },
          features: withProbabilities(
            row,
            (at === undefined ? undefined : features[at.chunkRow]) ?? new Map(),
          ),
        };
      }),
    );
  }
  return wanted.length;
}

/** Probabilities stand among the features, named as files name them. A feature of the same name stands. */
function withProbabilities({ probabilities }: KeptRow, features: Features): Features {
  if (probabilities === null) return features;
  const named = probabilities.classes.map(
    (name, k) => [PROBABILITY_PREFIX + name, probabilities.values[k] ?? null] as const,
  );
  return new Map([...named, ...features]);
}

interface Placed {
  readonly row: KeptRow;
  /** Where its features are; undefined: they never came. */
  readonly at: KeptRow | undefined;
}

async function placesApart(tx: Tx, query: LabelledDataQuery, rows: readonly KeptRow[]): Promise<Placed[]> {
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
