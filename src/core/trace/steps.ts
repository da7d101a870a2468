/**
 * What takes time on the way from a batch to a mail, as it happens: histograms and traces listen. With nobody listening a
 * step costs a call.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';

export type StepName = 'ingest.batch' | 'checkpoint' | 'evaluate.window' | 'decide' | 'deliver';

/** W3C Trace Context: `00-<trace id>-<span id>-<flags>`. */
export type TraceParent = string;

export interface StepFacts {
  readonly attributes?: Readonly<Record<string, string | number>>;
  /** The step it follows from, in another process or at another time; absent: the one that it runs in. */
  readonly parent?: TraceParent | null | undefined;
  /** Others that led to it; asked for only where somebody traces. */
  readonly links?: () => readonly TraceParent[];
}

export interface EndedStep {
  readonly name: StepName;
  readonly trace: TraceParent;
  readonly parent: TraceParent | null;
  readonly links: readonly TraceParent[];
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly startMs: number;
  readonly durationMs: number;
  /** Null: it went well. */
  readonly error: unknown;
}

const current = new AsyncLocalStorage<TraceParent>();
const listeners = new Set<(step: EndedStep) => void>();
/** Ids are made where somebody sends them on. */
let tracing = 0;

/** @returns how to hear no more. `traces`: steps get ids that {@link currentTrace} tells. */
export function hearSteps(hear: (step: EndedStep) => void, { traces = false } = {}): () => void {
  listeners.add(hear);
  if (traces) tracing += 1;
  return () => {
    if (listeners.delete(hear) && traces) tracing -= 1;
  };
}

/** Of the step that runs here; null: none does, or nobody traces. */
export function currentTrace(): TraceParent | null {
  return current.getStore() ?? null;
}

/** Does the work and tells how long it took, whether or not it throws. */
export async function step<T>(name: StepName, facts: StepFacts, work: () => Promise<T>): Promise<T> {
  if (listeners.size === 0) return await work();
  const parent = facts.parent ?? currentTrace();
  const isTraced = tracing > 0;
  const trace = isTraced ? childOf(parent) : '';
  const links = isTraced ? (facts.links?.() ?? []) : [];
  const startMs = Date.now();
  const begun = performance.now();
  const ended = (error: unknown): void => {
    const { attributes = {} } = facts;
    const durationMs = performance.now() - begun;
    for (const hear of listeners)
      hear({ name, trace, parent, links, attributes, startMs, durationMs, error });
  };
  try {
    const done = isTraced ? await current.run(trace, work) : await work();
    ended(null);
    return done;
  } catch (error) {
    ended(error);
    throw error;
  }
}

/** A step of the same trace, or of a new one. */
function childOf(parent: TraceParent | null): TraceParent {
  const [, traceId = randomBytes(16).toString('hex'), , flags = '01'] = parent?.split('-') ?? [];
  return `00-${traceId}-${randomBytes(8).toString('hex')}-${flags}`;
}

const TRACE_PARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/;

/** Null: not one. Later versions may be longer, and mean the same as far as we read. */
export function readTraceParent(text: string | null | undefined): TraceParent | null {
  if (text === undefined || text === null || !TRACE_PARENT.test(text)) return null;
  if (text.startsWith('00-') && text.length !== 55) return null;
  return `00-${text.slice(3, 55)}`;
}
