import { AZURE } from './azure/azure.ts';
import { DEEQU } from './deequ/deequ.ts';
import { EVIDENTLY } from './evidently/evidently.ts';
import { NANNYML } from './nannyml/nannyml.ts';
import type { ToolPreset, ToolPresetName } from './preset.ts';
import { TFDV } from './tfdv/tfdv.ts';
import { presetOf } from './tool.ts';
import type { Tool } from './tool.ts';

export const TOOLS: Readonly<Record<ToolPresetName, Tool>> = {
  evidently: EVIDENTLY,
  nannyml: NANNYML,
  azure: AZURE,
  tfdv: TFDV,
  deequ: DEEQU,
};

/** Each tool with the statistic it takes by itself; `findPreset` forces another. */
export const TOOL_PRESETS: Readonly<Record<ToolPresetName, ToolPreset>> = {
  evidently: presetOf(EVIDENTLY, null),
  nannyml: presetOf(NANNYML, null),
  azure: presetOf(AZURE, null),
  tfdv: presetOf(TFDV, null),
  deequ: presetOf(DEEQU, null),
};
