/**
 * Encoded bytes of baselines and rows; what is kept of them (sorted values, ranks) is six to seventeen times as much. Of 20 features and 10,000 rows
 * that is 5 to 10 MB, and to make it again for each part of a diagnosis takes twice as long as the diagnosis.
 */
const WORTH_BYTES = 2 * 2 ** 20;

/**
 * Whether a thread forgets what it can make again: where the process holds so much that memory is dearer than time, and forgetting gives
 * back more than what comes and goes anyway. O(1).
 *
 * @param encodedBytes of the baselines that the thread keeps and of the rows that it looks at
 * @param fromBytes resident memory of the process from which on it forgets
 * @example isWorthForgetting(8e6, { rssBytes: 450e6, fromBytes: 430e6 }) // true
 */
export function isWorthForgetting(
  encodedBytes: number,
  { rssBytes, fromBytes }: { readonly rssBytes: number; readonly fromBytes: number },
): boolean {
  return encodedBytes >= WORTH_BYTES && rssBytes >= fromBytes;
}
