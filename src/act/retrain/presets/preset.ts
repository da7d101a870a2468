import type { RetrainRequest } from '../../../core/jobs.ts';

/** What a target is told, in the names that go over the wire; the same for all presets. */
export interface RetrainData {
  readonly run_id: string;
  readonly model: string;
  readonly model_version: string;
  readonly trigger: string;
  readonly reason: string;
  readonly summary: string;
  readonly status_url: string | null;
  readonly [name: string]: unknown;
}

export interface PresetInput {
  readonly request: RetrainRequest;
  readonly data: RetrainData;
  /** As configured. */
  readonly url: string;
  readonly params: ReadonlyMap<string, string>;
  readonly deliveryId: string;
}

/** What a target's own interface wants, beside headers and signature. */
export interface PresetCall {
  /** Absent: as configured. */
  readonly url?: string;
  readonly body: object | string;
  readonly contentType?: string;
  /** Statuses that mean that an earlier attempt had arrived after all. */
  readonly alsoSuccess?: readonly number[];
  /** Of targets that answer 200 to what they refused: why they did, or null. */
  readonly refusal?: (answer: unknown) => string | null;
}

export type Preset = (input: PresetInput) => PresetCall;

/** The name of a run at the target, the same on every attempt: targets that know it start nothing twice. */
export const runName = ({ runId }: Pick<RetrainRequest, 'runId'>): string => `shiftwatch-${runId}`;

/** A configured parameter. Those that a preset must have were checked with the configuration. */
export function param({ params }: Pick<PresetInput, 'params'>, name: string): string {
  const value = params.get(name);
  if (value === undefined) throw new Error(`the parameter ${name} was not checked`);
  return value;
}

/** For targets whose parameters are texts. */
export const asText = (data: RetrainData): string => JSON.stringify(data);
