import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { traceLoss } from '../../core/trace/trace-loss.ts';
import { type EndedStep, hearSteps } from '../../core/trace/steps.ts';

/** Seconds; what is usual lies in the middle of each. */
const BUCKETS = {
  request: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  step: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
};

export const PROCESS_FAMILIES = [
  ['shiftwatch_build_info', ['version', 'node'], 'Always 1; the labels say what runs.'],
  ['shiftwatch_database_up', [], 'Whether the database answered this process just now.'],
  ['shiftwatch_checkpoint_seconds', [], 'How long it took to store what was read from a partition.'],
  ['shiftwatch_evaluation_seconds', [], 'How long it took to judge a window, and to decide what follows.'],
  [
    'shiftwatch_delivery_seconds',
    ['type'],
    'How long one try to tell a channel took, by its type; `retrain`: a training system.',
  ],
  [
    'shiftwatch_http_request_seconds',
    ['route', 'method', 'status'],
    'How long an answer took, by the pattern of its route.',
  ],
  ['shiftwatch_trace_spans_lost_total', [], 'Spans that no collector of traces took.'],
] as const;

type Name = (typeof PROCESS_FAMILIES)[number][0];

export interface RequestEnd {
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly seconds: number;
}

export interface ProcessMetrics {
  readonly registry: Registry;
  databaseUp(isUp: boolean): void;
  requestEnded(request: RequestEnd): void;
  /** Hears of no step any more. */
  close(): void;
}

/** What this process has done since it started, and nothing that another one tells, too: sums over processes are true. */
export function processMetrics(version: string): ProcessMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  // Gauges, which may not be called so; they are the sums of others.
  for (const what of ['handles', 'requests', 'resources'])
    registry.removeSingleMetric(`nodejs_active_${what}_total`);
  const of = (name: Name) => {
    const [, labelNames = [], help = ''] = PROCESS_FAMILIES.find(([each]) => each === name) ?? [];
    return { name, help, labelNames: [...labelNames] as string[], registers: [registry] };
  };
  const lost: Counter = new Counter({
    ...of('shiftwatch_trace_spans_lost_total'),
    collect: () => {
      lost.reset();
      lost.inc(traceLoss.spans);
    },
  });
  const step = (name: Name): Histogram => new Histogram({ ...of(name), buckets: BUCKETS.step });
  new Gauge(of('shiftwatch_build_info')).set({ version, node: process.version }, 1);
  const up = new Gauge(of('shiftwatch_database_up'));
  const requests = new Histogram({ ...of('shiftwatch_http_request_seconds'), buckets: BUCKETS.request });
  const checkpoints = step('shiftwatch_checkpoint_seconds');
  const evaluations = step('shiftwatch_evaluation_seconds');
  const deliveries = step('shiftwatch_delivery_seconds');
  const close = hearSteps(({ name, attributes, durationMs }: EndedStep) => {
    const seconds = durationMs / 1_000;
    if (name === 'checkpoint') checkpoints.observe(seconds);
    if (name === 'evaluate.window') evaluations.observe(seconds);
    if (name === 'deliver') deliveries.observe({ type: `${attributes['shiftwatch.channel.type']}` }, seconds);
  });
  return {
    registry,
    close,
    databaseUp: (isUp) => up.set(isUp ? 1 : 0),
    requestEnded: ({ seconds, ...labels }) => requests.observe(labels, seconds),
  };
}
