/** Names and values of files become SQL only through these two. */

/** @example sqlString("it's") // "'it''s'" */
export function sqlString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** @example sqlName('a "b"') // '"a ""b"""' */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
