import { Counter, Gauge, Registry } from 'prom-client';

/** Values of a family's labels, in their order, and a number. */
export type MetricSample = readonly [labels: readonly string[], value: number];

export interface SampledFamily {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly samples: readonly MetricSample[];
}

/** A registry of one answer: what comes from tables is set, not counted. `_total` is a counter, all else a gauge. */
export function fleetRegistry(families: readonly SampledFamily[]): Registry {
  const registry = new Registry();
  for (const { name, help, labels, samples } of families) {
    const options = { name, help, labelNames: [...labels], registers: [registry] };
    const metric = name.endsWith('_total') ? new Counter(options) : new Gauge(options);
    // Without labels the library begins with 0: what is not known is absent.
    if (labels.length === 0) metric.remove();
    for (const [values, value] of samples) {
      const named = Object.fromEntries(labels.map((label, index) => [label, values[index] ?? '']));
      if (metric instanceof Gauge) metric.set(named, value);
      else metric.inc(named, value);
    }
  }
  return registry;
}
