/**
 * Refuses a field whose name is that of another but for one letter: it would be logged beside it, and looked for nowhere.
 *
 * @throws TypeError with the name that was meant
 */
export function expectFieldNames(given: object, known: readonly string[]): void {
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    const meant = known.find((each) => isOneSlip(plainName(name), plainName(each)));
    if (meant !== undefined) throw new TypeError(`${name}: is no field; did you mean ${meant}?`);
  }
}

const plainName = (name: string): string => name.replaceAll('_', '').toLowerCase();

/** One letter more, less or other, or two neighbours swapped; the first letter is seldom wrong, and tells words apart. */
function isOneSlip(given: string, meant: string): boolean {
  if (given[0] !== meant[0] || Math.abs(given.length - meant.length) > 1) return false;
  let at = 0;
  while (at < given.length && given[at] === meant[at]) at += 1;
  const [a, b] = [given.slice(at), meant.slice(at)];
  return (
    a.slice(1) === b.slice(1) ||
    a.slice(1) === b ||
    a === b.slice(1) ||
    (a[0] === b[1] && a[1] === b[0] && a.slice(2) === b.slice(2))
  );
}
