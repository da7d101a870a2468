import type { LearnedHabit } from '../../core/table.ts';
import type { Queryable, Tx } from '../connection/pool.ts';

/** Windows of one size, counted against one baseline. */
export interface HabitOwner {
  readonly baselineId: number;
  readonly sizeMs: number;
}

/** What columns have done in windows that nobody accused. */
export async function loadHabits(
  db: Queryable,
  { baselineId, sizeMs }: HabitOwner,
): Promise<ReadonlyMap<string, LearnedHabit>> {
  const found = await db.query<LearnedHabit & { feature: string }>(
    'select feature, rows, fill, missing, novel, run from column_habit where baseline_id = $1 and size_ms = $2',
    [baselineId, sizeMs],
  );
  return new Map(found.rows.map(({ feature, ...habit }) => [feature, habit]));
}

/** Adds a window: of each figure the most is kept, so that learning a window twice changes nothing but the count. */
export async function learnHabits(
  tx: Tx,
  { baselineId, sizeMs }: HabitOwner,
  habits: ReadonlyMap<string, LearnedHabit>,
): Promise<void> {
  if (habits.size === 0) return;
  const of = (figure: keyof LearnedHabit): number[] => [...habits.values()].map((habit) => habit[figure]);
  await tx.query(
    `insert into column_habit as known (baseline_id, size_ms, feature, rows, fill, missing, novel, run)
     select $1, $2, * from unnest($3::text[], $4::bigint[], $5::float8[], $6::float8[], $7::float8[], $8::bigint[])
     order by 3
     on conflict (baseline_id, size_ms, feature) do update set
       rows = least(known.rows, excluded.rows), fill = greatest(known.fill, excluded.fill),
       missing = greatest(known.missing, excluded.missing), novel = greatest(known.novel, excluded.novel),
       run = greatest(known.run, excluded.run), windows = known.windows + 1, learned_at = now()`,
    [baselineId, sizeMs, [...habits.keys()], of('rows'), of('fill'), of('missing'), of('novel'), of('run')],
  );
}
