import type { ModelSpec } from '../core/model.ts';
import { PrivateFields } from '../core/privacy/private-fields.ts';
import type { ConfigFile, ModelEntry } from './schema/root.ts';

export function resolvePrivacy(
  { drop, hash, min_count: own }: ModelEntry['privacy'],
  { key = '', min_count: ofAll }: ConfigFile['privacy'],
): Pick<ModelSpec, 'privateFields' | 'minCount'> {
  const minCount = own ?? ofAll ?? 1;
  return {
    ...((drop.length > 0 || hash.length > 0) && { privateFields: new PrivateFields(drop, hash, key) }),
    // One row is no fewer than one.
    ...(minCount > 1 && { minCount }),
  };
}
