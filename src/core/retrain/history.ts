/** Runs of a model, and faults in the data of one of its versions, as they stand now. */
export interface RetrainHistory {
  /** Of this version. */
  readonly hasOpenRun: boolean;
  /** When the newest run of any version was requested, whatever became of it. */
  readonly lastRunAtMs: number | null;
  /** Of all versions, requested within the last seven days; without those that a person refused or left to expire. */
  readonly runsThisWeek: number;
  /** A data fault shows in the newest evaluated window of any size. */
  readonly newestWindowFaulty: boolean;
  /** An incident about a data fault is not over, in whatever segment. */
  readonly faultOpen: boolean;
}
