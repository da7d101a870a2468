import { expect, it } from 'vitest';
import { tracesEndpoint } from '../../src/pipeline/serve/traces-endpoint.ts';

const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://collector:4318/';

it.each([
  [{}, 'http://collector:4318/v1/traces'],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://other/t' }, 'http://other/t'],
  [{ OTEL_SDK_DISABLED: 'true' }, null],
  [{ OTEL_SDK_DISABLED: 'TRUE' }, null],
  [{ OTEL_SDK_DISABLED: 'True' }, null],
  [{ OTEL_SDK_DISABLED: 'false' }, 'http://collector:4318/v1/traces'],
  // Nothing but "true" is true.
  [{ OTEL_SDK_DISABLED: '1' }, 'http://collector:4318/v1/traces'],
  [{ OTEL_TRACES_EXPORTER: 'none' }, null],
])('spans of %o go to %s', (env, endpoint) => {
  expect(tracesEndpoint({ OTEL_EXPORTER_OTLP_ENDPOINT, ...env })).toBe(endpoint);
});
