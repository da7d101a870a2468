import { createHash } from 'node:crypto';
import { withoutFeature } from '../../../stats/profile/forgotten-columns.ts';
import type { FeatureReference, ReferenceProfile } from '../../../stats/profile/feature-reference.ts';
import { decodeReference, encodeReference } from '../../../stats/profile/reference-codec.ts';
import { summarizeReference } from '../../../stats/profile/reference-summary.ts';
import { decodeTable, encodeTable } from '../../../stats/table-codec.ts';
import { tableWithout } from '../../../stats/table/table-without.ts';
import type { Queryable, Tx } from '../../../store/connection/pool.ts';
import { loadBaseline, loadBaselineProfile } from '../../../store/evaluation/baselines.ts';
import { baselineIdsOf, replaceBaseline } from '../../../store/history/feature-rows.ts';

/** Takes a feature out of all baselines of a model. @returns how many had it */
export async function forgetInBaselines(tx: Tx, modelId: number, name: string): Promise<number> {
  let changed = 0;
  for (const id of await baselineIdsOf(tx, modelId)) {
    const stored = await loadBaseline(tx, id);
    const known = read(stored.profile);
    // Of a format that nobody reads any more: nothing was counted on it since, and nothing can be taken out of it.
    if (known === null) continue;
    const reference = withoutFeature(known, name);
    const table = stored.sample === null ? null : decodeTable(stored.sample);
    const kept = table === null ? null : tableWithout(table, (column) => column === name);
    if (reference === known && kept === table) continue;
    const profile = encodeReference(reference);
    await replaceBaseline(tx, id, {
      profile,
      sample: kept === null ? null : encodeTable(kept),
      checksum: createHash('sha256').update(profile).digest('hex'),
      summary: summarizeReference(reference),
    });
    changed += 1;
  }
  return changed;
}

/** Levels that only this feature has in the baselines of a model: what texts may say of it without its name. */
export async function ownLevels(db: Queryable, modelId: number, name: string): Promise<string[]> {
  const own = new Set<string>();
  const others = new Set<string>();
  for (const id of await baselineIdsOf(db, modelId)) {
    const reference = read(await loadBaselineProfile(db, id));
    if (reference === null) continue;
    const { features, prediction, score, label } = reference;
    for (const column of [...features, prediction, score, label]) {
      for (const level of levelsOf(column)) (column?.name === name ? own : others).add(level);
    }
  }
  return [...own].filter((level) => !others.has(level) && /\p{L}.*[\p{L}\p{N}]/u.test(level));
}

function levelsOf(column: FeatureReference | null): readonly string[] {
  return column === null || column.kind === 'numeric' ? [] : column.levels;
}

function read(profile: Uint8Array): ReferenceProfile | null {
  try {
    return decodeReference(profile);
  } catch {
    return null;
  }
}
