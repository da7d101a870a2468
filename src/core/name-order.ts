/**
 * In the order of their names, whatever the order of a file. For everything in which the order would show: ties between
 * columns that are worth the same, hashes over several, the last digits of sums.
 *
 * @example inNameOrder([{ name: 'b' }, { name: 'a' }]) // [{ name: 'a' }, { name: 'b' }]
 */
export function inNameOrder<T extends { readonly name: string }>(columns: Iterable<T>): T[] {
  return [...columns].sort((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0));
}
