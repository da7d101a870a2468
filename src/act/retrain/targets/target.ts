import type { RetrainRequest } from '../../../core/jobs.ts';
import type { RetrainStatus } from '../../../core/retrain/retrain.ts';

/** What a target is told, in the names that go over the wire; the same for all targets. */
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

export interface AskInput {
  readonly request: RetrainRequest;
  readonly data: RetrainData;
  /** As configured. */
  readonly url: string;
  readonly params: ReadonlyMap<string, string>;
  /** With preset `template`, and only there. */
  readonly template: RetrainTemplate | null;
  readonly deliveryId: string;
}

export interface RetrainTemplate {
  readonly body: unknown;
  readonly success: {
    /** Statuses beside 2xx. */
    readonly status: readonly number[];
    /** Path in the answer's JSON → the value it must have; null: the status decides alone. */
    readonly answer: Readonly<Record<string, unknown>> | null;
  };
}

/** What a target's own interface wants, beside headers and signature. */
export interface AskCall {
  /** Absent: as configured. */
  readonly url?: string;
  readonly body: object | string;
  readonly contentType?: string;
  /** Statuses that mean that an earlier attempt had arrived after all. */
  readonly alsoSuccess?: readonly number[];
  /** Of targets that answer 200 to what they refused: why they did, or null. */
  readonly refusal?: (answer: unknown) => string | null;
}

/** The run to ask after, and what is known of where it runs. */
export interface PollInput {
  readonly runId: string;
  /** The pipeline's own name for the run; null while it has not said. */
  readonly externalId: string | null;
  readonly requestedAtMs: number;
  /** The webhook's, as configured. */
  readonly url: string;
  readonly params: ReadonlyMap<string, string>;
}

export interface PollCall {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly body: object | null;
}

/** What an answer says of the run. `unknown`: it is not there yet, or in a state nobody has a word for. */
export type PollReading =
  | {
      readonly kind: 'known';
      readonly status: RetrainStatus['status'];
      readonly externalId: string | null;
      readonly newVersion: string | null;
      readonly detail: string | null;
    }
  | { readonly kind: 'unknown'; readonly reason: string };

/** How the state of a run is asked for. */
export interface Poll {
  /** Null: it cannot be asked for yet. */
  call(input: PollInput): PollCall | null;
  read(answer: unknown, input: PollInput): PollReading;
}

/** A kind of training pipeline. */
export interface Target {
  /** The request to retrain. */
  ask(input: AskInput): AskCall;
  /** Whether it knows the run by the name it is given. */
  readonly namesRun?: true;
  /** Of a target that takes less data than others. */
  readonly mostBytes?: number;
  /** Absent: the configuration says where its state stands (`byPaths`), or its runs report themselves. */
  readonly poll?: Poll;
}

/** The name of a run at the target, the same on every attempt: targets that know it start nothing twice. */
export const runName = ({ runId }: Pick<RetrainRequest, 'runId'>): string => `shiftwatch-${runId}`;

/** A configured parameter. Those that a target must have were checked with the configuration. */
export function param({ params }: Pick<AskInput, 'params'>, name: string): string {
  const value = params.get(name);
  if (value === undefined) throw new Error(`the parameter ${name} was not checked`);
  return value;
}

/** For targets whose parameters are texts. */
export const asText = (data: RetrainData): string => JSON.stringify(data);

/** The address beside the one that is asked to retrain: its path with another end, and a query of its own. */
export function beside(url: string, end: RegExp, path: string, query: Record<string, string> = {}): string {
  const address = new URL(url);
  address.pathname = address.pathname.replace(end, path);
  address.search = new URLSearchParams(query).toString();
  return address.href;
}
