/** The formats of logs that can be configured. `src/decode` reads them. */
import type { LogMapping } from './log-mapping.ts';

/** Formats of other systems. `namesModel`: their messages do; `halves`: request and response are records apart. */
export const PRESET_FORMATS = [
  { name: 'kserve', namesModel: true, halves: true },
  { name: 'azureml', namesModel: true, halves: true },
  { name: 'seldon', namesModel: true, halves: true },
  { name: 'open-inference', namesModel: true, halves: true },
  { name: 'sagemaker', namesModel: false, halves: false },
  { name: 'trustyai', namesModel: true, halves: true },
  { name: 'databricks', namesModel: false, halves: false },
  { name: 'arize', namesModel: true, halves: false },
  { name: 'vertex', namesModel: true, halves: false },
  { name: 'deepchecks', namesModel: false, halves: false },
  { name: 'feast', namesModel: false, halves: false },
  { name: 'snowplow', namesModel: false, halves: false },
  { name: 'openinference-span', namesModel: true, halves: false },
  { name: 'bentoml', namesModel: false, halves: false },
] as const;
export type FormatPresetName = (typeof PRESET_FORMATS)[number]['name'];
/** Events as docs/logs.md has them. */
export const EVENT_FORMAT = 'json';

/** CloudEvents over HTTP, whichever preset they are of. */
export const CLOUD_EVENTS = 'cloudevents';
/** Presets whose messages say enough to be posted without a word of configuration. Seldon's topics cannot be posted. */
export const POSTED_PRESETS: readonly FormatPresetName[] = PRESET_FORMATS.filter(
  ({ name, namesModel }) => namesModel && name !== 'seldon',
).map(({ name }) => name);

/** Whether values are bare, or in the frame of a schema registry. */
export const ENCODINGS = ['plain', 'registry'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** What a message does not say of itself. Configured beside the topic, or under the format's name. */
export interface FormatSettings {
  /** Goes before whatever name the message carries. */
  readonly model: string | null;
  readonly modelVersion: string | null;
  /** Of positional columns, in their order. */
  readonly featureNames: readonly string[] | null;
  /** Of positional probabilities, in their order; the second of two is the positive class. */
  readonly classNames: readonly string[] | null;
  /** What a lone number in the output is. */
  readonly output: 'prediction' | 'score';
  /** From this score on, the second class is predicted. */
  readonly threshold: number;
  /** In flat formats: the field that holds the prediction. */
  readonly predictionField: string;
}

export const DEFAULT_FORMAT_SETTINGS: FormatSettings = {
  model: null,
  modelVersion: null,
  featureNames: null,
  classNames: null,
  output: 'prediction',
  threshold: 0.5,
  predictionField: 'prediction',
};

/** How the messages of one log are read. */
export interface LogFormat {
  /** `json`: events; a preset's name; or the mapping's, when there is one. */
  readonly name: string;
  readonly encoding: Encoding;
  readonly mapping: LogMapping | null;
  readonly settings: FormatSettings;
}

export const JSON_EVENTS: LogFormat = {
  name: EVENT_FORMAT,
  encoding: 'plain',
  mapping: null,
  settings: DEFAULT_FORMAT_SETTINGS,
};
