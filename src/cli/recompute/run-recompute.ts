import type { Config } from '../../config/resolve.ts';
import { UserError } from '../../core/errors.ts';
import { nearest } from '../../core/nearest.ts';
import { kafkaTopics } from '../../ingest/kafka/from-config.ts';
import { startEvaluationThreads } from '../../pipeline/evaluate/evaluation-threads.ts';
import { StoredBaselines } from '../../pipeline/evaluate/stored-baselines.ts';
import { recompute, type Recomputation } from '../../pipeline/recompute/recompute.ts';
import { ModelCatalog } from '../../pipeline/windows/model-catalog.ts';
import { refreshWatermarks } from '../../pipeline/windows/sweeper.ts';
import type { Pool } from '../../store/connection/pool.ts';
import { versionsOf } from '../../store/read-models/labelled-data.ts';
import { noteCommand } from '../terminal/note-command.ts';
import type { OperationsIo } from '../terminal/ports.ts';
import { progressLine } from '../terminal/progress-line.ts';
import { withDatabase } from '../terminal/with-database.ts';
import { recomputeJson, recomputeReport } from './report.ts';

export interface RecomputeArguments {
  readonly model: string;
  readonly modelVersion?: string;
  readonly fromMs: number | null;
  readonly toMs: number | null;
  readonly reason?: string;
  readonly keepBaseline?: boolean;
  readonly notify?: boolean;
  readonly isDry: boolean;
  readonly asJson: boolean;
}

/** Progress is for people at a terminal. */
export type RecomputeIo = OperationsIo & { readonly isTerminal?: boolean };

export async function runRecompute(given: RecomputeArguments, io: RecomputeIo): Promise<void> {
  const config = await io.config();
  const done = await withDatabase({ ...io, config: async () => config }, async ({ pool }) => {
    const recomputed = await recomputeIn(pool, config, given, io);
    const { model, modelVersion } = given;
    const target = modelVersion === undefined ? model : `${model}/${modelVersion}`;
    if (!given.isDry) await noteCommand(io, pool, 'recompute.run', target);
    return recomputed;
  });
  io.print((given.asJson ? recomputeJson : recomputeReport)(given, done));
}

async function recomputeIn(
  pool: Pool,
  config: Config,
  given: RecomputeArguments,
  io: RecomputeIo,
): Promise<Recomputation> {
  const spec = config.models.find(({ name }) => name === given.model);
  if (spec === undefined) throw unknownModel(given.model, config);
  const known = await versionsOf(pool, given.model, null);
  const named = [...(known?.versions ?? [])].filter(
    ([, name]) => given.modelVersion === undefined || name === given.modelVersion,
  );
  if (known === null || named.length === 0) {
    const names = [...(known?.versions.values() ?? [])];
    throw new UserError(
      given.modelVersion === undefined
        ? `model '${given.model}' has no windows yet`
        : `model '${given.model}' has no version '${given.modelVersion}'`,
      {
        fix:
          names.length === 0
            ? '`shiftwatch status` lists what has been seen.'
            : `There are: ${names.join(', ')}.`,
      },
    );
  }
  const configured = { id: known.modelId, spec };
  const catalog = await ModelCatalog.ofKnown(pool, [configured]);
  const logSources =
    config.kafka === null ? [] : kafkaTopics(config.kafka).map(({ topic }) => `kafka:${topic}`);
  await refreshWatermarks({ pool, catalog, logSources, idleAfterMs: config.ingest.idleAfterMs });
  const threads = startEvaluationThreads(1, io.log);
  try {
    return await recompute(
      {
        pool,
        catalog,
        evaluator: {
          pool,
          catalog,
          baselines: new StoredBaselines(pool),
          ...threads,
          clock: io.clock,
          log: io.log,
        },
        progress: progressLine({ ...io, isTerminal: io.isTerminal === true }),
      },
      {
        model: catalog.model(spec.name) ?? configured,
        versionIds: named.map(([id]) => id),
        fromMs: given.fromMs,
        toMs: given.toMs,
        keepsBaseline: given.keepBaseline === true,
        note: given.reason ?? null,
        notifies: given.notify === true,
        isDry: given.isDry,
      },
    );
  } finally {
    await threads.close();
  }
}

function unknownModel(name: string, { models }: Config): UserError {
  const names = models.map((model) => model.name);
  const close = nearest(name, names);
  return new UserError(`no model ${name} is configured`, {
    fix: close === null ? `There are: ${names.join(', ')}.` : `Did you mean ${close}?`,
  });
}
