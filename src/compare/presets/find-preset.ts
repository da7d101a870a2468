import { UsageError } from '../../core/errors.ts';
import { nearest } from '../../core/nearest.ts';
import { TOOL_PRESET_NAMES } from './preset.ts';
import type { ToolPreset } from './preset.ts';
import { TOOL_PRESETS, TOOLS } from './presets.ts';
import { presetOf } from './tool.ts';

/**
 * What `--preset` means: a tool (`evidently`), or one of its methods for every feature (`evidently:psi`). Anything else
 * is a mistake of the person who typed it.
 *
 * @example findToolPreset('evidently:psi').name // 'evidently:psi'
 */
export function findToolPreset(text: string): ToolPreset {
  const [toolName = '', ...rest] = text.trim().toLowerCase().split(':');
  const name = TOOL_PRESET_NAMES.find((known) => known === toolName);
  if (name === undefined) throw unknown(`There is no preset "${toolName}"`, toolName, TOOL_PRESET_NAMES);
  if (rest.length === 0) return TOOL_PRESETS[name];
  const tool = TOOLS[name];
  const wanted = rest.join(':');
  const method = tool.methods.find(
    (known) => known.name.toLowerCase() === wanted || (known.aliases ?? []).includes(wanted),
  );
  if (method !== undefined) return presetOf(tool, method);
  const names = tool.methods.map((known) => known.name);
  throw unknown(`Preset ${name} has no method "${wanted}"`, wanted, names);
}

function unknown(message: string, given: string, allowed: readonly string[]): UsageError {
  const close = nearest(given, allowed);
  const hint = close === null ? '' : ` Did you mean ${close}?`;
  return new UsageError(`${message}.${hint}`, { fix: `Use one of ${allowed.join(', ')}.` });
}
