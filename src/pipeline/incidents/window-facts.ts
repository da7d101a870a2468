import { alignUsual, alignWindows } from '../../compare/overdispersion.ts';
import { featureNearness, operationNearness } from '../../compare/nearness.ts';
import { DEFAULT_COMPARE_OPTIONS } from '../../compare/options.ts';
import type { AlertCause, AlertState } from '../../core/alerts/alert.ts';
import { DEFAULT_CLEAR_SHARE, type ModelSpec } from '../../core/model.ts';
import { DEFAULT_OPERATIONAL } from '../../core/operational.ts';
import type { DecidedWindow } from '../../decide/decided-window.ts';
import { performanceNearness } from '../../decide/performance-drop.ts';
import { operationWindow, shiftWindow, silenceWindow } from '../../decide/read-window.ts';
import { kindNearness } from '../../diagnose/nearness.ts';
import type { AlertSeriesKey } from '../../store/alerts/alerts.ts';
import {
  loadFaultsAtClose,
  loadMovedFeatures,
  loadSuspects,
  type JudgedWindow,
} from '../../store/evaluation/evaluations.ts';
import type { Queryable } from '../../store/connection/pool.ts';
import { MOST_EARLIER } from '../../judge/windows-before.ts';
import { isAnswerBack, labelledAnswer } from '../../judge/answer-back.ts';
import type { LabelledAnswer } from '../../judge/answer-back.ts';
import { isLossBack, successOf } from '../../judge/loss-together.ts';
import { isShownBack } from '../../judge/shown-back.ts';
import { isUnnamedLoss, SHOWN_BY_LABELS } from '../../judge/unnamed-loss.ts';
import {
  loadIncidentFeatures,
  loadSaidSince,
  type SaidOfWindow,
} from '../../store/evaluation/earlier-counts.ts';
import type { SeenTogether } from '../messages/seen-together.ts';
import { shortestSizeMs } from '../../window/panes.ts';

interface Watched {
  readonly key: AlertSeriesKey;
  readonly model: ModelSpec;
}

/**
 * Causes that a series has incidents of. That nothing comes, and how predictions are made, is about the whole model and
 * seen when a window closes; silence is seen in the shortest windows first, and once is enough.
 */
export function causesOf({ key, model }: Watched): readonly AlertCause[] {
  if (key.segment !== '' || key.series !== 'closed') return ['shift'];
  const isShortest = key.sizeMs === shortestSizeMs(model);
  return model.alerts.noData === true && isShortest
    ? ['no_data', 'shift', 'operational']
    : ['shift', 'operational'];
}

/** What a window is to the incidents of a cause, given the open one. */
export async function readWindow(
  db: Queryable,
  watched: Watched,
  window: JudgedWindow & Pick<SeenTogether, 'together'> & { readonly seenIn: SeenTogether['joined'] },
  cause: AlertCause,
  open: AlertState | null,
): Promise<DecidedWindow> {
  const named = { id: window.windowId, startMs: window.startMs };
  const { key, model } = watched;
  const clearShare = model.alerts.clearShare ?? DEFAULT_CLEAR_SHARE;
  const { diagnosis, rows, silence } = window;
  const operational = window.operational ?? null;
  switch (cause) {
    case 'no_data':
      return silenceWindow(named, { diagnosis, rows, silence });
    case 'operational': {
      const nearest = open === null ? 0 : operationShare(watched, window, open);
      return operationWindow(named, {
        diagnosis,
        operational,
        rows,
        minRows: model.minRows,
        nearest,
        clearShare,
      });
    }
    case 'shift': {
      const { together, seenIn } = window;
      const rest =
        open === null || diagnosis.verdict !== 'none' ? null : await besideSeason(db, key, window, open);
      return shiftWindow(named, {
        diagnosis,
        series: key.series,
        silence,
        moved:
          together?.subjects ??
          seenIn?.features.map(({ name }) => name) ??
          (diagnosis.types.length === 0 ? [] : await loadMovedFeatures(db, named.id, key.segment)),
        nearest: rest === null ? 0 : await shiftNearness(db, watched, window, rest),
        clearShare,
        togetherSinceMs: together?.sinceMs ?? null,
        labelsSinceMs: key.series === 'matured' && seenIn?.isNewest === true ? seenIn.sinceMs : null,
        shownBack: rest === null || (await isRecoveryShown(db, watched, window, rest)),
        areFaultsTold: await areFaultsTold(db, watched, window),
        isUnnamedLoss: isUnnamedLoss(diagnosis, window.performance),
        labelsBack: open !== null && (await areLabelsBack(db, watched, window, open)),
      });
    }
  }
}

/** Whether all that the labels' view calls broken was called so before they came. */
async function areFaultsTold(
  db: Queryable,
  { key }: Watched,
  { diagnosis, windowId }: JudgedWindow,
): Promise<boolean> {
  if (key.series !== 'matured' || diagnosis.verdict !== 'data_fault') return false;
  const told = new Set(await loadFaultsAtClose(db, windowId, key.segment));
  return diagnosis.faults.every(({ feature }) => told.has(feature));
}

/** Whether the clean windows since the last shifted one are enough to see that what the incident is about is back. */
async function isRecoveryShown(
  db: Queryable,
  { key }: Watched,
  { diagnosis, windowId }: JudgedWindow,
  open: AlertState,
): Promise<boolean> {
  if (!(await areAnswersBack(db, key, windowId, open))) return false;
  if (key.series !== 'closed' || key.segment !== '') return true;
  const since = { sinceMs: open.sinceMs, windows: MOST_EARLIER + 1 };
  const features = await loadIncidentFeatures(db, windowId, open.subjects, since);
  // Of too few rows: no fault is over by them, and what does not show in counts of features cannot be bounded.
  const strictly = diagnosis.reason === 'too_few_rows';
  if (strictly && (open.types.includes('data_fault') || features.length === 0)) return false;
  return features.every(({ kind, counts, windows, spread, clean }) =>
    isShownBack(
      {
        kind,
        reference: counts.reference,
        windows: alignWindows(counts.bins, windows),
        usual: alignUsual(counts.bins, windows),
        strictly,
        spread: Math.max(1, spread),
      },
      clean,
    ),
  );
}

/** Of an incident of labels in a window whose inputs moved, which is told by them. */
async function areLabelsBack(
  db: Queryable,
  { key }: Watched,
  { diagnosis, windowId }: JudgedWindow,
  open: AlertState,
): Promise<boolean> {
  if (key.series !== 'matured' || diagnosis.verdict !== 'covariate_shift') return false;
  return open.types.some(isOfLabels) && (await areAnswersBack(db, key, windowId, open));
}

const isOfLabels = (type: string): boolean => SHOWN_BY_LABELS.has(type);

/** The same of what labels said. */
async function areAnswersBack(
  db: Queryable,
  key: AlertSeriesKey,
  windowId: string,
  open: AlertState,
): Promise<boolean> {
  const said = await loadSaidSince(db, windowId, key, { sinceMs: open.sinceMs, windows: MOST_EARLIER + 1 });
  // Also what its last windows did not name any more.
  const types = [...open.types, ...said.flatMap((each) => each.types)];
  if (!types.some(isOfLabels)) return true;
  const answersOf = (windows: readonly SaidOfWindow[]): LabelledAnswer[] =>
    windows.flatMap(({ diagnosis, performance }) => labelledAnswer(diagnosis, performance, types) ?? []);
  const shown = said.findLastIndex(showsAlone) + 1;
  const isBack = isAnswerBack(answersOf(said.slice(0, shown)), answersOf(said.slice(shown)));
  if (isBack !== null) return isBack;
  const lost = said.findLastIndex((each) => showsAlone(each) || showsWithOthers(each)) + 1;
  const success = said.map(({ diagnosis, performance }) => successOf(diagnosis, performance));
  return isLossBack(success.slice(0, lost), success.slice(lost));
}

const showsAlone = ({ shows, diagnosis, performance }: SaidOfWindow): boolean =>
  shows || isUnnamedLoss(diagnosis, performance);
const showsWithOthers = ({ showsTogether, joined }: SaidOfWindow): boolean =>
  showsTogether || isUnnamedLoss(joined.diagnosis, joined.performance);

/** The incident without the features that the window's season explains: these are as usual, of the others it says nothing. */
async function besideSeason(
  db: Queryable,
  { segment }: AlertSeriesKey,
  { diagnosis, windowId }: JudgedWindow,
  open: AlertState,
): Promise<AlertState> {
  if (!isSeasonal(diagnosis)) return open;
  const asUsual = await loadMovedFeatures(db, windowId, segment);
  return { ...open, subjects: open.subjects.filter((subject) => !asUsual.includes(subject)) };
}

const isSeasonal = ({ reason }: JudgedWindow['diagnosis']): boolean => reason === 'seasonal';

/**
 * Whether all that an open incident is about beside what a window shows is over, by the rules of a window that shows nothing. Of what
 * labels show nothing is said beside a change.
 *
 * @param read what the window shows
 */
export async function isRestOver(
  db: Queryable,
  watched: Watched,
  window: JudgedWindow,
  read: DecidedWindow,
  open: AlertState,
): Promise<boolean> {
  const rest = {
    ...open,
    types: open.types.filter((type) => !read.types.includes(type)),
    subjects: open.subjects.filter((subject) => !read.subjects.includes(subject)),
  };
  if (rest.types.length === 0 && rest.subjects.length === 0) return true;
  if (rest.types.some(isOfLabels)) return false;
  const clearShare = watched.model.alerts.clearShare ?? DEFAULT_CLEAR_SHARE;
  if (read.cause === 'operational') return operationShare(watched, window, rest) < clearShare;
  if ((await shiftNearness(db, watched, window, rest)) >= clearShare) return false;
  return await isRecoveryShown(db, watched, window, rest);
}

/** How near a window still is to what an incident of operation is about. */
function operationShare({ model }: Watched, { operational }: JudgedWindow, open: AlertState): number {
  if (operational === null || operational === undefined) return 0;
  return operationNearness(operational, model.operational ?? DEFAULT_OPERATIONAL, new Set(open.subjects));
}

/** How near a window still is to what the incident was about. */
async function shiftNearness(
  db: Queryable,
  { key, model }: Watched,
  { diagnosis, performance, windowId }: JudgedWindow,
  open: AlertState,
): Promise<number> {
  // Features without any evidence are no nearer than nothing, however few rows make them look it.
  const mostQ = Math.sqrt(DEFAULT_COMPARE_OPTIONS.q);
  const suspects = await loadSuspects(db, windowId, key.segment, open.subjects, mostQ);
  const rule = model.retrain?.performance ?? null;
  // What the kinds weigh is by the training data alone, and the season explains that inputs moved.
  const types = open.types.filter((type) => type !== 'covariate_shift' || !isSeasonal(diagnosis));
  return Math.max(
    kindNearness(diagnosis, types),
    rule === null ? 0 : performanceNearness(performance, { ...rule, minLabelled: model.labels.minLabelled }),
    ...suspects.map((feature) => featureNearness(feature, model.features?.get(feature.name))),
  );
}
