import { NAMED_SURPLUS, type SurplusOfModel } from '../../core/events/surplus.ts';
import type { Tx } from '../connection/pool.ts';

/** Adds to what was left out of the events of models. */
export async function addSurplus(tx: Tx, surplus: readonly SurplusOfModel[]): Promise<void> {
  // In one order, so that two checkpoints never wait for each other in a circle.
  for (const { modelId, dropped, names } of surplus.toSorted((a, b) => a.modelId - b.modelId)) {
    await tx.query(
      `insert into surplus_column as s (model_id, dropped, names) values ($1, $2, $3)
       on conflict (model_id) do update set dropped = s.dropped + excluded.dropped, newest_at = now(),
         names = (s.names || array(
           select n from unnest(excluded.names) with ordinality as e (n, place)
           where n <> all(s.names) order by place))[1:$4]`,
      [modelId, dropped, names, NAMED_SURPLUS],
    );
  }
}
