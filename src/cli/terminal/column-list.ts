/** Reads `--features a,b --features c`: names separated by commas, and the option may be repeated. */
export function columnList(text: string, before: readonly string[] = []): string[] {
  const names = text.split(',').map((name) => name.trim().normalize('NFC'));
  return [...before, ...names.filter((name) => name !== '')];
}
