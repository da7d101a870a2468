import { errorMessage } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { type EndedStep, hearSteps, type TraceParent } from '../../core/trace/steps.ts';
import { traceLoss } from '../../core/trace/trace-loss.ts';
import type { Env } from './traces-endpoint.ts';

/** What waits while a collector is slow; what comes beyond it is counted and let go of. */
const MOST_WAITING = 4_096;
const MOST_SENT_AT_ONCE = 512;
const EVERY_MS = 1_000;
const WITHIN_MS = 5_000;
const STOP_WITHIN_MS = 2_000;

/**
 * Sends the steps of this process as spans, by OTLP over HTTP in JSON, about once a second. Never waited for by who works:
 * a collector that is away costs what it would have heard, which is counted. See decision 0045.
 *
 * @returns how to stop: what waits is sent once more, within two seconds
 */
export function exportTraces(endpoint: string, env: Env, version: string, log: Log): () => Promise<void> {
  const resource = { attributes: attributes({ ...resourceOf(env), 'service.version': version }) };
  const headers = { 'content-type': 'application/json', ...pairs(env['OTEL_EXPORTER_OTLP_HEADERS']) };
  let waiting: EndedStep[] = [];
  let isAway = false;

  const lose = (spans: number, why: string): void => {
    traceLoss.spans += spans;
    if (!isAway) log.warn({ spans, why }, 'spans are lost: the collector of traces does not take them');
    isAway = true;
  };
  const send = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, MOST_SENT_AT_ONCE);
      const scopeSpans = [{ scope: { name: 'shiftwatch', version }, spans: batch.map(spanOf) }];
      const body = JSON.stringify({ resourceSpans: [{ resource, scopeSpans }] });
      try {
        const signal = AbortSignal.timeout(WITHIN_MS);
        const reply = await fetch(endpoint, { method: 'POST', headers, body, signal, redirect: 'error' });
        await reply.arrayBuffer();
        if (!reply.ok) throw new Error(`it answered ${reply.status}`);
        if (isAway) log.info({}, 'the collector of traces takes spans again');
        isAway = false;
      } catch (error) {
        lose(batch.length, errorMessage(error));
      }
    }
  };
  let sending: Promise<void> | null = null;
  const flush = (): Promise<void> => (sending ??= send().finally(() => (sending = null)));
  const timer = setInterval(() => void flush(), EVERY_MS).unref();
  const deaf = hearSteps(
    (ended) => {
      if (waiting.length >= MOST_WAITING) lose(1, 'it is too slow');
      else waiting.push(ended);
    },
    { traces: true },
  );
  return async () => {
    deaf();
    clearInterval(timer);
    const late = new Promise<void>((resolve) => setTimeout(resolve, STOP_WITHIN_MS).unref());
    await Promise.race([flush().then(flush), late]);
    traceLoss.spans += waiting.length;
    waiting = [];
  };
}

function spanOf({ name, trace, parent, links, attributes: said, startMs, durationMs, error }: EndedStep) {
  return {
    ...idsOf(trace),
    ...(parent === null ? {} : { parentSpanId: idsOf(parent).spanId }),
    name,
    // Internal; what came from a producer is told by its link.
    kind: 1,
    startTimeUnixNano: nanos(startMs),
    endTimeUnixNano: nanos(startMs + durationMs),
    attributes: attributes(said),
    links: links.map(idsOf),
    status: error === null ? {} : { code: 2, message: errorMessage(error).slice(0, 500) },
  };
}

function idsOf(trace: TraceParent): { readonly traceId: string; readonly spanId: string } {
  const [, traceId = '', spanId = ''] = trace.split('-');
  return { traceId, spanId };
}

function nanos(ms: number): string {
  return `${BigInt(Math.round(ms * 1_000)) * 1_000n}`;
}

function attributes(said: Readonly<Record<string, string | number>>): object[] {
  return Object.entries(said).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: `${value}` } : { stringValue: value },
  }));
}

function resourceOf(env: Env): Record<string, string> {
  const name = env['OTEL_SERVICE_NAME'];
  return {
    'service.name': 'shiftwatch',
    ...pairs(env['OTEL_RESOURCE_ATTRIBUTES']),
    ...(name === undefined || name === '' ? {} : { 'service.name': name }),
  };
}

/** `key=value,…`, percent-encoded as W3C Baggage is. */
function pairs(text: string | undefined): Record<string, string> {
  const found = (text ?? '').split(',').flatMap((pair) => {
    const [, key, value] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(pair) ?? [];
    return key === undefined || value === undefined ? [] : [[key, decoded(value)] as const];
  });
  return Object.fromEntries(found);
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
