import { arize } from './arize.ts';
import { azureml } from './azureml.ts';
import { bentoml } from './bentoml.ts';
import { databricks } from './databricks.ts';
import { deepchecks } from './deepchecks.ts';
import { feast } from './feast.ts';
import { kserve } from './kserve.ts';
import { openInference } from './open-inference.ts';
import { openinferenceSpan } from './openinference-span.ts';
import type { FormatMessage, Preset } from './preset.ts';
import { sagemaker } from './sagemaker.ts';
import { seldon } from './seldon.ts';
import { snowplow } from './snowplow.ts';
import { trustyai } from './trustyai.ts';
import { vertex } from './vertex.ts';

/** In the order in which a message is compared with them: what is said plainly before what is guessed. */
export const PRESETS: readonly Preset[] = [
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

export const PRESET_NAMES: readonly string[] = PRESETS.map(({ name }) => name);

export function findPreset(name: string): Preset | null {
  return PRESETS.find((preset) => preset.name === name) ?? null;
}

/** The preset whose messages look like this one. */
export function recognise(message: FormatMessage): Preset | null {
  return PRESETS.find((preset) => preset.recognises(message)) ?? null;
}
