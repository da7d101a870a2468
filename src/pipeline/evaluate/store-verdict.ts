import { logDecisions, type Decided } from '../incidents/decided.ts';
import type { Evaluated } from '../incidents/decide-evaluated.ts';
import { withOneRare, withoutRareLevels } from '../../judge/privacy/rare-levels.ts';
import type { ModelSpec } from '../../core/model.ts';
import { step } from '../../core/trace/steps.ts';
import { expectNothingForgotten, inTransaction, type Tx } from '../../store/connection/pool.ts';
import { learnHabits } from '../../store/evaluation/column-habits.ts';
import { claimRevision, type EvaluatedSegment, writeEvaluation } from '../../store/evaluation/evaluations.ts';
import { foldParts, nextDeltaNumber } from '../../store/windows/window-parts.ts';
import { askForMatured, matureWindow } from '../../store/windows/windows.ts';
import { WHOLE } from '../../window/checkpoint/buffer.ts';
import { noteUnreadable } from '../windows/note-unreadable.ts';
import type { EvaluationOutput } from './evaluate-window.ts';
import type { EvaluatorOptions, LoadedWindow } from './load-window.ts';

/** Fewer parts than this are not worth rewriting. */
const FOLD_FROM_PARTS = 8;

/** A window that has been judged. */
export interface WindowVerdict {
  readonly output: EvaluationOutput;
  /** With how what moved came about. */
  readonly segments: readonly EvaluatedSegment[];
}

/** What follows from a verdict: alert steps, messages, requests for retraining. In the transaction that stores it. */
export type Decide = (tx: Tx, evaluated: Evaluated, model: ModelSpec, nowMs: number) => Promise<Decided[]>;

/**
 * Writes measurements, verdict, and all that is decided on it, in one transaction.
 *
 * @param asksForMatured false: whoever calls judges that series next
 * @returns `overtaken`: another evaluation that had seen more has written its verdict meanwhile, and nothing was stored
 */
export async function storeVerdict(
  { pool, clock, log }: Pick<EvaluatorOptions, 'pool' | 'clock' | 'log'>,
  { window, series, spec, deltas, content }: LoadedWindow,
  { output, segments }: WindowVerdict,
  decide: Decide,
  { asksForMatured = true }: { readonly asksForMatured?: boolean } = {},
): Promise<'evaluated' | 'overtaken'> {
  const decisions = await inTransaction(pool, async (tx) => {
    expectNothingForgotten(tx, window.asOf);
    const revision = await claimRevision(tx, window, series, deltas);
    if (revision === null) return null;
    // One instant for the verdict and what is decided on it: a backtest goes by it.
    const nowMs = clock.nowMs();
    const shown = spec.minCount === undefined ? segments : segments.map(told);
    await writeEvaluation(tx, window, series, revision, shown, nowMs);
    if (window.baselineId !== null) {
      const owner = { baselineId: window.baselineId, sizeMs: window.sizeMs };
      await learnHabits(tx, owner, output.habits);
    }
    const unreadable = [...content.unreadable, ...output.unreadable];
    await noteUnreadable(tx, log, { windowId: window.id, model: window.modelName }, unreadable);
    const out = new Set(unreadable.map(({ id }) => id));
    const readable = content.ids.filter((id) => !out.has(id));
    // What feeds a window is folded where it belongs.
    if (window.paneMs === null && readable.length >= FOLD_FROM_PARTS) {
      await replaceByTheirSum(tx, window.id, readable, output);
    }
    if (series === 'closed' && isComplete(output)) await matureWindow(tx, window.id);
    if (asksForMatured) await askForMatured(tx, window.id);
    const judged = output.segments.map(({ segment }) => segment);
    const evaluated = { ...window, windowId: String(window.id), series, revision, segments: judged };
    const attributes = { 'shiftwatch.model': window.modelName, 'shiftwatch.version': window.versionName };
    return await step('decide', { attributes }, async () => await decide(tx, evaluated, spec, nowMs));
  });
  if (decisions === null) return 'overtaken';
  const named = { model: window.modelName, version: window.versionName };
  const whole = output.segments[0];
  log.info(
    {
      ...named,
      window: new Date(window.startMs).toISOString(),
      series,
      rows: whole?.rows ?? 0,
      verdict: whole?.diagnosis.verdict,
    },
    'window evaluated',
  );
  logDecisions(log, named, decisions);
  return 'evaluated';
}

/** What leaves is read back from here: from now on rare levels have no names, but in the counts of cells that later windows are held against. */
function told(segment: EvaluatedSegment): EvaluatedSegment {
  const { compared, joined } = segment;
  return {
    ...segment,
    compared: withoutRareLevels(compared),
    cells: compared,
    ...(joined !== undefined && { joined: { ...joined, features: joined.features.map(withOneRare) } }),
  };
}

async function replaceByTheirSum(
  tx: Tx,
  windowId: LoadedWindow['window']['id'],
  parts: LoadedWindow['content']['ids'],
  { folded }: EvaluationOutput,
): Promise<void> {
  const number = await nextDeltaNumber(tx);
  const named = { windowId, source: 'folded', partition: 0, from: number, to: number + 1n };
  await foldParts(
    tx,
    windowId,
    parts,
    folded.map((part) => ({ ...part, ...named })),
  );
}

/** Labels are all in as far as history tells, and the model does not insist on its `mature_after`. */
function isComplete({ segments }: EvaluationOutput): boolean {
  const whole = segments.find(({ segment }) => segment === WHOLE);
  const maturity = whole?.compared.performance?.maturity;
  return maturity?.state === 'mature' && maturity.reason === 'labels_complete';
}
