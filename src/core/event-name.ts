/** As long as a name of a model, version, feature or tag may be in the logs, in UTF-16 units. */
export const MAX_EVENT_NAME = 256;

/** Whether a version of this name could ever be seen in the logs. */
export function isVersionName(name: string): boolean {
  return name.length > 0 && name.length <= MAX_EVENT_NAME && !/\p{Cc}/u.test(name) && name.isWellFormed();
}
