import { arize } from './arize.ts';
import { azureml } from './azureml.ts';
import { bentoml } from './bentoml.ts';
import { databricks } from './databricks.ts';
import { deepchecks } from './deepchecks.ts';
import { feast } from './feast.ts';
import { kserve } from './kserve.ts';
import { openInference } from './open-inference.ts';
import { openinferenceSpan } from './openinference-span.ts';
import type { FormatMessage, FormatPreset } from './preset.ts';
import { sagemaker } from './sagemaker.ts';
import { seldon } from './seldon.ts';
import { snowplow } from './snowplow.ts';
import { trustyai } from './trustyai.ts';
import { vertex } from './vertex.ts';

/** In the order in which a message is compared with them: what is said plainly before what is guessed. */
export const FORMAT_PRESETS: readonly FormatPreset[] = [
  kserve,
  azureml,
  seldon,
  openInference,
  sagemaker,
  trustyai,
  databricks,
  arize,
  vertex,
  deepchecks,
  feast,
  snowplow,
  openinferenceSpan,
  bentoml,
];

export const FORMAT_PRESET_NAMES: readonly string[] = FORMAT_PRESETS.map(({ name }) => name);

export function findFormatPreset(name: string): FormatPreset | null {
  return FORMAT_PRESETS.find((preset) => preset.name === name) ?? null;
}

/** The preset whose messages look like this one. */
export function recognise(message: FormatMessage): FormatPreset | null {
  return FORMAT_PRESETS.find((preset) => preset.recognises(message)) ?? null;
}
