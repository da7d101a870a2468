import { nearest } from '../../core/nearest.ts';
import { fail, ok } from '../../core/result.ts';
import type { Result } from '../../core/result.ts';
import { AZURE } from './azure/azure.ts';
import { DEEQU } from './deequ/deequ.ts';
import { EVIDENTLY } from './evidently/evidently.ts';
import { NANNYML } from './nannyml/nannyml.ts';
import { PRESET_NAMES } from './preset.ts';
import type { Preset, PresetName } from './preset.ts';
import { TFDV } from './tfdv/tfdv.ts';
import { presetOf } from './tool.ts';
import type { Tool } from './tool.ts';

const TOOLS: Readonly<Record<PresetName, Tool>> = {
  evidently: EVIDENTLY,
  nannyml: NANNYML,
  azure: AZURE,
  tfdv: TFDV,
  deequ: DEEQU,
};

/** Each tool with the statistic it takes by itself. */
export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  evidently: presetOf(EVIDENTLY, null),
  nannyml: presetOf(NANNYML, null),
  azure: presetOf(AZURE, null),
  tfdv: presetOf(TFDV, null),
  deequ: presetOf(DEEQU, null),
};

export interface PresetProblem {
  readonly reason: 'unknown_preset' | 'unknown_method';
  readonly given: string;
  readonly allowed: readonly string[];
  /** What was probably meant. */
  readonly nearest: string | null;
}

/** The methods of a tool as `tool:method` takes them, in the tool's own spelling. */
export function presetMethods(name: PresetName): readonly string[] {
  return TOOLS[name].methods.map((method) => method.name);
}

/**
 * What `--preset` means: a tool (`evidently`), or one of its methods for every feature (`evidently:psi`).
 *
 * @example choosePreset('evidently:psi') // { ok: true, value: { name: 'evidently:psi', … } }
 */
export function choosePreset(text: string): Result<Preset, PresetProblem> {
  const [toolName = '', methodName, ...rest] = text.trim().toLowerCase().split(':');
  const name = PRESET_NAMES.find((known) => known === toolName);
  if (name === undefined) return problem('unknown_preset', toolName, PRESET_NAMES);
  if (methodName === undefined) return ok(PRESETS[name]);
  const wanted = [methodName, ...rest].join(':');
  const method = TOOLS[name].methods.find(
    (known) => known.name.toLowerCase() === wanted || (known.aliases ?? []).includes(wanted),
  );
  return method === undefined
    ? problem('unknown_method', wanted, presetMethods(name))
    : ok(presetOf(TOOLS[name], method));
}

function problem(
  reason: PresetProblem['reason'],
  given: string,
  allowed: readonly string[],
): Result<never, PresetProblem> {
  return fail({ reason, given, allowed, nearest: nearest(given, allowed) });
}
