export type Env = Readonly<Record<string, string | undefined>>;

/** Where spans go, by the variables of OpenTelemetry; null: nowhere. */
export function tracesEndpoint(env: Env): string | null {
  // "Case-insensitively", by the specification of OpenTelemetry.
  if (env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true' || env['OTEL_TRACES_EXPORTER'] === 'none')
    return null;
  const own = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];
  if (own !== undefined && own !== '') return own;
  const all = env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  return all === undefined || all === '' ? null : `${all.replace(/\/+$/, '')}/v1/traces`;
}
