/** How logs and files spell the two levels of a boolean. */
const SPELLED: ReadonlyMap<string, BooleanLevel> = new Map([
  ['true', 'true'],
  ['1', 'true'],
  ['1.0', 'true'],
  ['false', 'false'],
  ['0', 'false'],
  ['0.0', 'false'],
]);

export type BooleanLevel = 'true' | 'false';

/**
 * The level of a boolean feature that a value stands for: `True`, `TRUE`, `true` and `1` are one, and so are those of false. Null
 * for anything else. Of features only: as classes of a label, `true` and `1` are two.
 *
 * @example booleanLevel('True') // 'true'
 * @example booleanLevel('yes') // null
 */
export function booleanLevel(value: string | number | boolean): BooleanLevel | null {
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'number') return value === 1 ? 'true' : value === 0 ? 'false' : null;
  return SPELLED.get(value) ?? SPELLED.get(value.trim().toLowerCase()) ?? null;
}
