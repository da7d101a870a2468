import { randomUUID } from 'node:crypto';
import { retrainReason } from '../../words/words.ts';
import { MASK } from '../../config/mask-secrets.ts';
import type { Config } from '../../config/resolve.ts';
import { UsageError, UserError } from '../../core/errors.ts';
import type { RetrainRequest } from '../../core/jobs.ts';
import type { ModelSpec } from '../../core/model.ts';
import { askForRetrain, type RetrainAnswer } from '../../pipeline/retrain/ask-for-retrain.ts';
import { createDecideRun } from '../../pipeline/retrain/approval.ts';
import { shownRequest } from '../../pipeline/messages/shown-request.ts';
import { maskedRetrainCall } from '../../pipeline/messages/try-endpoint.ts';
import { loadNewestVerdict } from '../../store/evaluation/evaluations.ts';
import { newestActiveVersion } from '../../store/windows/models.ts';
import { inRehearsal, inTransaction, type Tx } from '../../store/connection/pool.ts';
import { versionsOf } from '../../store/read-models/labelled-data.ts';
import { listRetrains } from '../../store/read-models/retrains.ts';
import type { RetrainRow } from '../../store/rows/retrains.ts';
import { noteCommand } from '../terminal/note-command.ts';
import type { OperationsIo } from '../terminal/ports.ts';
import { textTable } from '../terminal/text-table.ts';
import { userName } from '../terminal/user-name.ts';
import { withDatabase } from '../terminal/with-database.ts';

export interface ListOptions {
  readonly model?: string;
  readonly limit: string;
  readonly json?: boolean;
}

export interface RequestOptions {
  readonly model: string;
  readonly modelVersion?: string;
  readonly by?: string;
  readonly comment?: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

export interface VerdictOptions {
  readonly by: string;
  readonly comment?: string;
}

/** `shiftwatch retrain list` */
export async function listRuns(io: OperationsIo, { model, limit, json }: ListOptions): Promise<void> {
  const most = Number(limit);
  if (!Number.isInteger(most) || most < 1) {
    throw new UsageError(`--limit ${limit} is no number of runs`, { fix: 'Write a whole number from 1.' });
  }
  const { items } = await withDatabase(io, ({ pool }) =>
    listRetrains(pool, { model }, { limit: most, after: null }),
  );
  if (json === true) io.print(`${JSON.stringify(items, null, 2)}\n`);
  else if (items.length === 0) io.say('No retraining has been asked for.\n');
  else io.print(textTable(['REQUESTED (UTC)', 'MODEL', 'VERSION', 'STATE', 'WHY', 'RUN'], items.map(runRow)));
}

function runRow(row: RetrainRow): string[] {
  const at = row.requested_at.slice(0, 19).replace('T', ' ');
  const who = row.decided_by ?? row.requested_by;
  const why = who === null ? row.reason : `${row.reason} (${who})`;
  return [at, row.model, row.version, row.state, why, row.id];
}

/** `shiftwatch retrain request` */
export async function requestRun(io: OperationsIo, options: RequestOptions): Promise<void> {
  const by = options.by ?? userName();
  const nowMs = io.clock.nowMs();
  const { config, answer } = await withDatabase(io, async ({ config: found, pool }) => {
    const spec = modelOf(found, options.model);
    // Whether it is a rehearsal or not, the same is decided; only the end of the transaction differs.
    const transact = options.dryRun === true ? inRehearsal : inTransaction;
    return {
      config: found,
      answer: await transact(pool, async (tx) => {
        const asked = await ask(tx, spec, options, by, nowMs);
        const refused = asked.run === null ? asked.reason : null;
        await noteCommand(io, tx, 'retrain.request', asked.run?.request.runId ?? spec.name, refused);
        return asked;
      }),
    };
  });
  if (answer.run === null) {
    throw new UserError(`nothing was asked for (${answer.reason}): ${retrainReason(answer.reason)}`, {
      fix: FORCEABLE.has(answer.reason) ? '`--force` asks all the same.' : 'No option asks all the same.',
    });
  }
  const { request, state } = answer.run;
  if (options.dryRun === true) io.print(shownCall(config, request, nowMs));
  else {
    io.print(`${request.runId}\n`);
    io.say(`The run is ${state.replaceAll('_', ' ')}.\n`);
  }
}

const FORCEABLE: ReadonlySet<string> = new Set(['cooldown', 'weekly_cap', 'too_few_labels']);

async function ask(
  tx: Tx,
  model: ModelSpec,
  options: RequestOptions,
  by: string,
  nowMs: number,
): Promise<RetrainAnswer> {
  const version = await versionOf(tx, model.name, options.modelVersion ?? null);
  const finding = await loadNewestVerdict(tx, version.id);
  const runId = randomUUID();
  return await askForRetrain(tx, {
    model,
    modelVersionId: version.id,
    versionName: version.name,
    nowMs,
    finding,
    incident: null,
    scheduleDue: false,
    byHand: { force: options.force === true, by, comment: options.comment ?? null },
    runId: () => runId,
  });
}

async function versionOf(tx: Tx, model: string, name: string | null) {
  const found = await versionsOf(tx, model, name);
  const id = found === null ? undefined : [...found.versions.keys()].at(-1);
  const version = found === null ? null : await newestActiveVersion(tx, found.modelId);
  if (name !== null && id !== undefined) return { id, name };
  if (name === null && version !== null) return version;
  throw new UserError(`nothing was logged of ${name === null ? '' : `version ${name} of `}${model}`, {
    fix: '`shiftwatch status` lists the versions.',
  });
}

function modelOf(config: Config, name: string): ModelSpec {
  const spec = config.models.find((model) => model.name === name);
  if (spec?.retrain != null) return spec;
  const able = config.models.filter(({ retrain }) => retrain !== null).map((model) => model.name);
  throw new UserError(
    spec === undefined
      ? `there is no model ${name}`
      : `model ${name} has no \`retrain\` in the configuration`,
    {
      fix:
        able.length === 0 ? 'Add `retrain` to a model.' : `Models that can be retrained: ${able.join(', ')}.`,
    },
  );
}

/** The request as it would be sent now, without what only the two sides may know. */
function shownCall(config: Config, request: RetrainRequest, nowMs: number): string {
  const name = config.models.find((model) => model.name === request.model)?.retrain?.webhook ?? '';
  if (!config.webhooks.has(name)) throw new Error(`webhook ${name} was not checked`);
  const context = { deliveryId: randomUUID(), atMs: nowMs, publicUrl: config.publicUrl };
  const call = maskedRetrainCall(config, name, request, context);
  const signature = 'webhook-signature' in call.headers ? { 'webhook-signature': MASK } : {};
  return shownRequest(call, { headers: { ...call.headers, ...signature } });
}

/** `shiftwatch retrain approve | reject` */
export async function decideOnRun(
  io: OperationsIo,
  runId: string,
  decision: 'approve' | 'reject',
  { by, comment = null }: { readonly by: VerdictOptions['by']; readonly comment?: string | null },
): Promise<void> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(runId)) {
    throw new UserError(`${runId} is no run`, { fix: '`shiftwatch retrain list` shows them.' });
  }
  const outcome = await withDatabase(io, async ({ config, pool }) => {
    const decide = createDecideRun(
      pool,
      (name) => config.models.find((model) => model.name === name) ?? null,
    );
    const decided = await decide({ runId, decision, by, comment }, io.clock.nowMs());
    await noteCommand(io, pool, `retrain.${decision}`, runId, decided.ok ? null : decided.error.reason);
    return decided;
  });
  if (!outcome.ok) {
    throw new UserError(outcome.error.detail, { fix: '`shiftwatch retrain list` shows how the runs stand.' });
  }
  io.say(`The run is ${outcome.value.state.replaceAll('_', ' ')}.\n`);
}
