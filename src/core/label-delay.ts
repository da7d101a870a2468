/** Predictions of about one age and what became of them: what a delay curve is learned from. */
export interface DelayCohort {
  /** Bin of the youngest one's age: delays in bins below it have had their time for all of them. */
  readonly ageBin: number;
  /** Windows they come from. */
  readonly windows: number;
  readonly rows: number;
  /** First labels by the bin of their delay. */
  readonly labels: readonly number[];
}
