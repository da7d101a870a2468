/** Runs of the model version, and faults in its data, as they stand now. */
export interface RetrainHistory {
  readonly hasOpenRun: boolean;
  /** When the newest run was requested, whatever became of it. */
  readonly lastRunAtMs: number | null;
  /** Requested within the last seven days; without those that a person refused or left to expire. */
  readonly runsThisWeek: number;
  /** A data fault shows in the newest evaluated window of any size. */
  readonly newestWindowFaulty: boolean;
  /** An incident about a data fault is not over, in whatever segment. */
  readonly faultOpen: boolean;
}
