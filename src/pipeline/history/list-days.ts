import type { ListDays } from '../../api/api-deps.ts';
import type { ModelSpec } from '../../core/model.ts';
import type { ReferenceProfile } from '../../stats/profile/feature-reference.ts';
import type { Queryable } from '../../store/connection/pool.ts';
import { type DayHead, keyOfDay, listDayHeads, loadProfilesOfDays } from '../../store/read-models/days.ts';
import type { DayRow } from '../../store/rows/days.ts';
import { groupOf, WHOLE } from '../../window/part-names.ts';
import { readInputs, readLabels } from '../../window/part-profiles.ts';
import { segmentText } from '../../window/segments.ts';
import { BaselineReferences } from './baseline-references.ts';
import { describeDay } from './describe-day.ts';

/** Columns that an answer describes, beside those of its last day: some tenths of a second. A page ends before its limit where they are more. */
const MOST_COLUMNS = 2_000;

/** Profiles read by one statement. */
const MOST_BYTES = 8 * 1024 * 1024;

/** Days, or weeks, and what their profiles say. Profiles are read some megabytes at a time. */
export function createListDays(
  db: Queryable,
  models: readonly Pick<ModelSpec, 'name' | 'minCount'>[] = [],
): ListDays {
  const references = new BaselineReferences(db);
  const fewest = new Map(models.map(({ name, minCount }) => [name, minCount]));
  return async ({ feature, ...filter }, page) => {
    const { items: heads, next } = await listDayHeads(db, filter, page);
    if (heads.length > 0) await references.keepUp();
    const items: DayRow[] = [];
    let columns = 0;
    let seen = 0;
    const read = profilesOf(
      db,
      heads.flatMap((each) => idsOf(each, feature ?? null)),
    );
    for (const each of heads) {
      if (columns >= MOST_COLUMNS) return { items, next: keyOfDay(heads[seen - 1]!) };
      const minCount = fewest.get(each.head.model);
      const reference = await references.of(
        each.head.baseline_id === null ? null : Number(each.head.baseline_id),
      );
      seen += 1;
      if (isRareSegment(each.head, reference, minCount)) continue;
      const day = await readDay(read, each, { feature: feature ?? null, minCount }, reference);
      items.push(day);
      columns += day.features.length + 1;
    }
    return { items, next };
  };
}

type ReadProfile = (id: number | null) => Promise<Uint8Array | null>;

/** What is read of a day: with a feature, nothing of labels. */
function idsOf({ inputId, labelId }: DayHead, feature: string | null): number[] {
  return [inputId, feature === null ? labelId : null].filter((id) => id !== null);
}

/** Profiles, asked for in this order, or left out. */
function profilesOf(db: Queryable, ids: readonly number[]): ReadProfile {
  let profiles: ReadonlyMap<number, Uint8Array> = new Map();
  let left = ids;
  return async (id) => {
    if (id === null) return null;
    const at = left.indexOf(id);
    if (at !== -1) {
      const read = await loadProfilesOfDays(db, left.slice(at), MOST_BYTES);
      profiles = read.profiles;
      left = left.slice(at + read.done);
    }
    return profiles.get(id) ?? null;
  };
}

async function readDay(
  read: ReadProfile,
  { head, task, inputId, labelId }: DayHead,
  asked: { readonly feature: string | null; readonly minCount: number | undefined },
  reference: ReferenceProfile | null,
): Promise<DayRow> {
  const [inputs, labels] = [await read(inputId), asked.feature === null ? await read(labelId) : null];
  const input = inputs === null ? null : readInputs(head.segment, inputs, reference, task);
  const label = labels === null ? null : readLabels(head.segment, labels, reference, task);
  const described = describeDay(input, label, asked);
  input?.release();
  label?.release();
  return { ...head, ...described };
}

/** Of a segment, a group or their hold-outs: whether too few rows of the day, and of the training data, have its value. */
function isRareSegment(
  { segment, rows }: DayHead['head'],
  reference: ReferenceProfile | null,
  minCount = 0,
): boolean {
  const named = groupOf(segment) ?? segment.slice(segment.startsWith(':') ? segment.lastIndexOf(':') + 1 : 0);
  if (named === WHOLE || rows >= minCount) return false;
  const at = named.indexOf('=');
  const [name, value] = [named.slice(0, at), named.slice(at + 1)];
  const feature = reference?.features.find((each) => each.name === name);
  if (value === 'other' || feature?.kind === 'boolean') return false;
  if (feature === undefined || feature.kind === 'numeric') return true;
  const trained = feature.levels.findIndex((level) => segmentText(level) === value);
  return (feature.counts[trained] ?? 0) < minCount;
}
