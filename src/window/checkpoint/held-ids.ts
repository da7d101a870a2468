import { IdList } from '../id-list.ts';
import { HashTable } from './seen-ids.ts';

/** Ids of one model's log that a buffer holds, in order and as a set. */
export interface HeldIds {
  readonly modelId: number;
  readonly kind: 0 | 1;
  readonly set: HashTable;
  readonly list: IdList;
}

/** The ids of one model's log met before what a buffer holds. */
export interface KnownIds {
  has(high: number, low: number): boolean;
}

/** None yet. `expected`: about how many there will be. */
export function noIds({ modelId, kind }: Pick<HeldIds, 'modelId' | 'kind'>, expected = 0): HeldIds {
  return { modelId, kind, set: new HashTable(expected), list: new IdList() };
}

/** False: it was there already. */
export function holdId({ set, list }: HeldIds, high: number, low: number): boolean {
  if (!set.add(high, low)) return false;
  list.push(high, low);
  return true;
}

/** Those of both, a set for each model's log. */
export function idsOfBoth(one: readonly HeldIds[], other: readonly HeldIds[]): HeldIds[] {
  const both: HeldIds[] = [];
  for (const ids of [...one, ...other]) {
    let into = both.find(({ modelId, kind }) => modelId === ids.modelId && kind === ids.kind);
    if (into === undefined) both.push((into = noIds(ids, ids.list.length)));
    for (let i = 0; i < ids.list.length; i++) holdId(into, ids.list.high(i), ids.list.low(i));
  }
  return both;
}
