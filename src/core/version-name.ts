/** As long as a version's name in the logs may be. */
export const MAX_VERSION_NAME = 256;

/** Whether a version of this name could ever be seen in the logs. */
export function isVersionName(name: string): boolean {
  return name.length > 0 && name.length <= MAX_VERSION_NAME && !/\p{Cc}/u.test(name) && name.isWellFormed();
}
