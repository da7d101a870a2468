import type { ModelSpec } from '../core/model.ts';
import type { Config } from './resolve.ts';

/** What the steps need to know of each model, and nothing of the rest. */
export function toModelSpecs(config: Pick<Config, 'models'>): ModelSpec[] {
  return config.models.map(({ groups: _unused, ...spec }) => spec);
}
