/*
 * Names as parts of an address. Browsers take `.` and `..` for steps, written as `%2E` too, so these have a tilde in front, as
 * have names that would read like that.
 */

/** @example pathName('..') // '~..' */
export function pathName(name: string): string {
  return encodeURIComponent(/^~*\.\.?$/.test(name) ? `~${name}` : name);
}

/** @param part decoded @example nameInPath('~..') // '..' */
export function nameInPath(part: string): string {
  return /^~+\.\.?$/.test(part) ? part.slice(1) : part;
}
