import type { Encoding, LogFormat } from '../core/events/log-format.ts';
import { CLOUD_EVENTS, DEFAULT_FORMAT_SETTINGS, EVENT_FORMAT } from '../core/events/log-format.ts';
import { applyMapping } from './mapping/apply-mapping.ts';
import { azureml } from './presets/azureml.ts';
import { kserve } from './presets/kserve.ts';
import { findFormatPreset } from './presets/presets.ts';
import type { Format } from './record-decoder.ts';

/** A configured format as the decoder needs it. */
export function formatOf({ name, encoding, mapping, settings }: LogFormat): Format {
  if (mapping !== null) {
    return { name, payload: payload(encoding, 'json'), read: (message) => applyMapping(mapping, message) };
  }
  if (name === EVENT_FORMAT) return { name, payload: payload(encoding, 'json'), read: null };
  const preset = findFormatPreset(name);
  if (preset === null) throw new Error(`there is no preset ${name}; the configuration should have said so`);
  return {
    name,
    payload: payload(encoding, preset.payload),
    read: (message) => preset.read(message, settings),
  };
}

/** CloudEvents of whichever collector, each read with what is configured for it. */
export function cloudEventsFormat(ofKserve: LogFormat | null, ofAzure: LogFormat | null): Format {
  const settingsOf = (format: LogFormat | null) => format?.settings ?? DEFAULT_FORMAT_SETTINGS;
  return {
    name: CLOUD_EVENTS,
    payload: 'json',
    read: (message) =>
      azureml.recognises(message)
        ? azureml.read(message, settingsOf(ofAzure))
        : kserve.read(message, settingsOf(ofKserve)),
  };
}

function payload(encoding: Encoding, plain: 'json' | 'bytes'): Format['payload'] {
  return encoding === 'registry' ? 'registry' : plain;
}
