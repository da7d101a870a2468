import { type Metric, type OpenMetricsContentType, type PrometheusContentType, Registry } from 'prom-client';

export interface Exposition {
  readonly contentType: string;
  readonly body: string;
}

/** In the format that was asked for: OpenMetrics 1.0 where `Accept` wants it at least as much as text, else text 0.0.4. */
export async function expose(registry: Registry, accept: string | undefined): Promise<Exposition> {
  const shown: Registry<PrometheusContentType | OpenMetricsContentType> = wantsOpenMetrics(accept ?? '')
    ? inOpenMetrics(registry)
    : registry;
  return { contentType: shown.contentType, body: await shown.metrics() };
}

/** The library renames counters for good when it writes OpenMetrics: it is given others that stand on them. */
function inOpenMetrics(registry: Registry): Registry<OpenMetricsContentType> {
  const open = new Registry<OpenMetricsContentType>();
  open.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const metric of registry.getMetricsAsArray()) {
    open.registerMetric(Object.create(metric) as Metric);
  }
  return open;
}

function wantsOpenMetrics(accept: string): boolean {
  const ranges = accept.split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const values = new Map(parameters.map((each) => each.split('=', 2) as [string, string | undefined]));
    return { type, version: values.get('version') ?? '1.0.0', q: Number(values.get('q') ?? 1) };
  });
  const most = (type: string, isFine: (version: string) => boolean = () => true): number =>
    Math.max(0, ...ranges.filter((range) => range.type === type && isFine(range.version)).map(({ q }) => q));
  const open = most('application/openmetrics-text', (version) => version === '1.0.0' || version === '0.0.1');
  return open > 0 && open >= most('text/plain');
}
