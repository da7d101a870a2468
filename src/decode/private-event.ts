import type { FeatureValue, Features, LogEvent } from '../core/events/events.ts';
import { INVALID_VALUE } from '../core/events/events.ts';
import type { PrivateFields } from '../core/privacy/private-fields.ts';

/** The event without what its model drops, and with hashes for what it hashes; an id of a prediction and of its label alike. */
export function privateEvent<E extends LogEvent>(event: E, fields: PrivateFields): E {
  const { predictionId } = event;
  const own = { ...event, predictionId: predictionId === null ? null : fields.id(predictionId) };
  if (own.type === 'label') return own;
  return { ...own, features: privateValues(own.features, fields), tags: privateValues(own.tags, fields) };
}

function privateValues(values: Features, fields: PrivateFields): Features {
  const kept = new Map<string, FeatureValue>();
  for (const [name, value] of values) {
    if (!fields.drop.has(name)) kept.set(name, fields.hash.has(name) ? privateValue(value, fields) : value);
  }
  return kept;
}

/** What is missing stays missing, and an object stays what no feature can be. */
function privateValue(value: FeatureValue, fields: PrivateFields): FeatureValue {
  return value === null || value === INVALID_VALUE || Number.isNaN(value) ? value : fields.hashed(value);
}
