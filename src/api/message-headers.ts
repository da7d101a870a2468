import type { IncomingHttpHeaders } from 'node:http';

/** Beside the attributes of CloudEvents. Never what a client proves itself with: dead letters keep these. */
const KEPT: ReadonlySet<string> = new Set(['content-type', 'x-request-id']);
const CLOUD_EVENT = 'ce-';

/**
 * The headers that are part of a posted message, by lower-case name. Attributes of CloudEvents come percent-encoded,
 * as their HTTP binding has it.
 */
export function messageHeaders(headers: IncomingHttpHeaders): ReadonlyMap<string, string> {
  const kept = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value !== 'string') continue;
    if (name.startsWith(CLOUD_EVENT)) kept.set(name, percentDecoded(value));
    else if (KEPT.has(name)) kept.set(name, value);
  }
  return kept;
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A bare percent sign, from a client that does not encode.
    return text;
  }
}
