import type { Result } from '../result.ts';

/** A status report from a training pipeline, still unverified. */
export interface RetrainReport {
  readonly runId: string;
  /** Names in lower case, as Node gives them. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The exact bytes that were signed. */
  readonly body: Uint8Array;
  readonly receivedAtMs: number;
}

/** What the pipeline is answered. */
export interface RetrainReportTaken {
  /** The run's, after the report. */
  readonly state: string;
  /** What is still missing, as a command to run; null when nothing is. */
  readonly next: string | null;
}

export interface RetrainReportRefused {
  readonly reason: 'unknown_run' | 'bad_signature' | 'malformed' | 'conflict';
  readonly detail: string;
}

export type RetrainCallback = (
  report: RetrainReport,
) => Promise<Result<RetrainReportTaken, RetrainReportRefused>>;
