import type { Finding, PathPart } from '../problem.ts';
import { pathText } from '../problem.ts';

export interface PlacedValue {
  readonly value: string;
  readonly path: readonly PathPart[];
}

/** A finding for every value that stands in an earlier place too. */
export function repeated(
  places: readonly PlacedValue[],
  message: (value: string, firstPath: string) => string,
): Finding[] {
  const first = new Map<string, string>();
  const findings: Finding[] = [];
  for (const { value, path } of places) {
    const earlier = first.get(value);
    if (earlier === undefined) first.set(value, pathText(path));
    else findings.push({ path, message: message(value, earlier) });
  }
  return findings;
}
