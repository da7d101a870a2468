import type { DutyRole } from './duty.ts';
import type { ApiOptions } from './start-api.ts';
import type { Started } from './started.ts';
import { VERSION } from './version.ts';

interface AnsweringOptions extends ApiOptions {
  readonly roles: ReadonlySet<DutyRole>;
}

/**
 * The API where the process has that role, and the probes where they are configured: last, so that whoever is told that
 * it is ready finds it so.
 *
 * @returns where the API is; null: not here
 */
export async function startAnswering(options: AnsweringOptions, started: Started): Promise<string | null> {
  const { roles } = options;
  const { probes } = options.config;
  if (!roles.has('api') && probes === null) return null;
  // Loaded by those who answer only.
  const { processMetrics } = await import('../../api/metrics/process-metrics.ts');
  const metrics = processMetrics(VERSION);
  let apiUrl: string | null = null;
  if (roles.has('api')) {
    const { startApi } = await import('./start-api.ts');
    const api = await startApi({ ...options, metrics });
    started.add('api', api.stop);
    apiUrl = api.url;
  }
  if (probes !== null) {
    const { startProbes } = await import('./start-probes.ts');
    started.add('probes', (await startProbes({ ...options, metrics }, probes)).stop);
  }
  return apiUrl;
}
