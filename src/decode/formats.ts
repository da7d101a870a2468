import type { Encoding, LogFormat } from '../core/log-format.ts';
import { EVENT_FORMAT } from '../core/log-format.ts';
import { applyMapping } from './mapping/apply-mapping.ts';
import { findPreset } from './presets/presets.ts';
import type { Format } from './record-decoder.ts';

/** A configured format as the decoder needs it. */
export function formatOf({ name, encoding, mapping, settings }: LogFormat): Format {
  if (mapping !== null) {
    return { name, payload: payload(encoding, 'json'), read: (message) => applyMapping(mapping, message) };
  }
  if (name === EVENT_FORMAT) return { name, payload: payload(encoding, 'json'), read: null };
  const preset = findPreset(name);
  if (preset === null) throw new Error(`there is no preset ${name}; the configuration should have said so`);
  return {
    name,
    payload: payload(encoding, preset.payload),
    read: (message) => preset.read(message, settings),
  };
}

function payload(encoding: Encoding, plain: 'json' | 'bytes'): Format['payload'] {
  return encoding === 'registry' ? 'registry' : plain;
}
