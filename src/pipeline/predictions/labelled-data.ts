import { type Features, LABEL_SOURCES } from '../../core/events/events.ts';
import { PROBABILITY_PREFIX } from '../../core/table.ts';
import type { LabelledRow } from '../../labels/labelled-row.ts';
import { inSnapshot, type Pool } from '../../store/connection/pool.ts';
import type { KeptRow } from '../../window/prediction-pack.ts';
import { eachKept, type KeptPrediction, type KeptQuery } from './kept-rows.ts';

export interface LabelledDataQuery extends Omit<KeptQuery, 'versions'> {
  /** Id → name of the versions wanted. */
  readonly versions: ReadonlyMap<number, string>;
}

/** A reader may be slow; it holds no lock that writers wait for. */
const MOST_IDLE_MS = 600_000;

export interface LabelledDataWriter {
  /** Given the names of all features that rows have, before the first row; then the rows are gone through twice. */
  begin?(features: readonly string[]): Promise<void>;
  write(rows: readonly LabelledRow[]): Promise<void>;
}

/**
 * Kept predictions of a time range with their labels and features, as they stood at one moment: labels that
 * arrive meanwhile are not in it. The writer is waited for, so memory does not follow the range.
 *
 * @returns how many rows were written
 */
export async function exportLabelledData(
  pool: Pool,
  { versions, ...query }: LabelledDataQuery,
  writer: LabelledDataWriter,
): Promise<number> {
  const wanted = { ...query, versions: new Set(versions.keys()) };
  return await inSnapshot(pool, async (tx) => {
    await tx.query(`select set_config('idle_in_transaction_session_timeout', $1, true)`, [`${MOST_IDLE_MS}`]);
    if (writer.begin !== undefined) {
      const names = new Set<string>();
      await eachKept(tx, wanted, async (rows) => {
        for (const { row, features } of rows)
          for (const name of withProbabilities(row, features).keys()) names.add(name);
      });
      await writer.begin([...names].sort());
    }
    return await eachKept(tx, wanted, async (rows) => {
      await writer.write(rows.map((row) => labelledRow(row, versions)));
    });
  });
}

function labelledRow(
  { row, features, label }: KeptPrediction,
  versions: ReadonlyMap<number, string>,
): LabelledRow {
  return {
    eventMs: row.eventMs,
    modelVersion: versions.get(row.modelVersionId) ?? '',
    prediction: row.prediction,
    score: row.score,
    holdout: row.holdout,
    label:
      label === null
        ? null
        : {
            value: label.value,
            source: LABEL_SOURCES[label.sourceRank] ?? 'natural',
            final: label.final,
            atMs: label.atMs,
          },
    features: withProbabilities(row, features),
  };
}

/** Probabilities stand among the features, named as files name them. A feature of the same name stands. */
function withProbabilities({ probabilities }: KeptRow, features: Features): Features {
  if (probabilities === null) return features;
  const named = probabilities.classes.map(
    (name, k) => [PROBABILITY_PREFIX + name, probabilities.values[k] ?? null] as const,
  );
  return new Map([...named, ...features]);
}
