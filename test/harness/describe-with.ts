import { describe, inject } from 'vitest';
import type { ServiceName } from './services.ts';

/**
 * A suite that needs services. Where one is missing, its tests are skipped and say so in their name; the last
 * lines of the run count them (vitest/closing-reporter.ts). With CI set, a missing service has already failed the
 * run.
 */
export function describeWith(needs: readonly ServiceName[], name: string, suite: () => void): void {
  const missing = needs.filter((need) => inject('services')[need].status === 'missing');
  if (missing.length === 0) describe(name, suite);
  else describe.skip(`${name} [needs ${missing.join(', ')}]`, suite);
}
