import { UserError } from '../../core/errors.ts';
import { nearest } from '../../core/nearest.ts';
import { backtest } from '../../pipeline/backtest/backtest.ts';
import type { OperationsIo } from '../terminal/ports.ts';
import { backtestJson, backtestReport } from './report.ts';
import { counted, progressLine } from '../terminal/progress-line.ts';
import { withDatabase } from '../terminal/with-database.ts';

export interface BacktestArguments {
  /** Milliseconds before now. */
  readonly since: number;
  readonly model?: string;
  readonly json?: boolean;
}

/** Progress is for people at a terminal. */
export type BacktestIo = OperationsIo & { readonly isTerminal?: boolean };

export async function runBacktest({ since, model, json }: BacktestArguments, io: BacktestIo): Promise<void> {
  const config = await io.config();
  const models = config.models.filter(({ name }) => model === undefined || name === model);
  if (models.length === 0) {
    const names = config.models.map(({ name }) => name);
    const close = nearest(model ?? '', names);
    throw new UserError(`no model ${model} is configured`, {
      fix: close === null ? `There are: ${names.join(', ')}.` : `Did you mean ${close}?`,
    });
  }
  const nowMs = io.clock.nowMs();
  const bar = progressLine({ ...io, isTerminal: io.isTerminal === true });
  const found = await withDatabase({ ...io, config: async () => config }, async ({ pool, url }) => {
    return await backtest({
      pool,
      databaseUrl: url,
      models,
      timezone: config.timezone,
      sinceMs: nowMs - since,
      nowMs,
      onProgress: (_, evaluations, share) =>
        bar.show(counted('replaying', evaluations, 'evaluations'), share),
    });
  });
  bar.end();
  for (const warning of found.warnings) io.say(`note: ${warning}\n`);
  const print = json === true ? backtestJson : backtestReport;
  io.print(print(found));
}
