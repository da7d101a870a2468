/** How grave a move is: the one set of words that people meet. */
export const SEVERITIES = ['none', 'info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** As it was called in what earlier versions have stored. */
const FORMER: ReadonlyMap<string, Severity> = new Map([
  ['notice', 'info'],
  ['warn', 'warning'],
  ['alarm', 'critical'],
]);

/** A comparison as it was stored, in the words of today. */
export function inWordsOfToday<T extends { readonly severity: string }>(stored: T): T {
  const severity = FORMER.get(stored.severity);
  const seasonal = 'seasonal' in stored ? stored.seasonal : undefined;
  const season =
    seasonal instanceof Object && 'severity' in seasonal ? FORMER.get(String(seasonal.severity)) : undefined;
  if (severity === undefined && season === undefined) return stored;
  return {
    ...stored,
    ...(severity !== undefined && { severity }),
    ...(season !== undefined && { seasonal: { ...(seasonal as object), severity: season } }),
  };
}
