import type { ListDays } from '../../api/api-deps.ts';
import type { Queryable } from '../../store/connection/pool.ts';
import { type DayHead, keyOfDay, listDayHeads, loadProfileOfDay } from '../../store/read-models/days.ts';
import type { DayRow } from '../../store/rows/days.ts';
import { readInputs, readLabels } from '../../window/part-profiles.ts';
import { baselineReferences, type References } from './baseline-references.ts';
import { describeDay } from './describe-day.ts';

/** Columns that an answer describes, beside those of its last day: some tenths of a second. A page ends before its limit where they are more. */
const MOST_COLUMNS = 2_000;

/** Days, or weeks, and what their profiles say. Profiles are read one at a time. */
export function createListDays(db: Queryable): ListDays {
  const references = baselineReferences(db);
  return async ({ feature, ...filter }, page) => {
    const { items: heads, next } = await listDayHeads(db, filter, page);
    const items: DayRow[] = [];
    let columns = 0;
    for (const each of heads) {
      if (columns >= MOST_COLUMNS) return { items, next: keyOfDay(heads[items.length - 1]!) };
      const day = await readDay(db, each, feature ?? null, references);
      items.push(day);
      columns += day.features.length + 1;
    }
    return { items, next };
  };
}

async function readDay(
  db: Queryable,
  { head, task, inputId, labelId }: DayHead,
  feature: string | null,
  references: References,
): Promise<DayRow> {
  const reference = await references(head.baseline_id === null ? null : Number(head.baseline_id));
  const load = async (id: number | null): Promise<Uint8Array | null> =>
    id === null ? null : await loadProfileOfDay(db, id);
  const [inputs, labels] = [await load(inputId), feature === null ? await load(labelId) : null];
  const input = inputs === null ? null : readInputs(head.segment, inputs, reference, task);
  const label = labels === null ? null : readLabels(head.segment, labels, reference, task);
  const described = describeDay(input, label, feature);
  input?.release();
  label?.release();
  return { ...head, ...described };
}
