/** A loss, an error or a distance, also as part of a longer name: `val_loss`, `test/rmse`. */
const LOWER_IS_BETTER = /(?:^|[^a-z])(?:loss|error|mae|rmse|mape|mse|brier|ece|perplexity|wer)(?:$|[^a-z])/i;

/**
 * Whether a smaller value of a metric is a better one, as far as its name tells.
 *
 * @example lowerIsBetter('val_log_loss') // true
 */
export function lowerIsBetter(metric: string): boolean {
  return LOWER_IS_BETTER.test(metric);
}
