import type { AlertKind, AlertState, AlertView, Incident } from '../core/alerts/alert.ts';
import type { EvaluationSeries } from '../core/evaluation-series.ts';
import type { DecidedWindow } from './decided-window.ts';
import { isNewsTo, MOST_SUBJECTS, stepAlert, type AlertRule, type AlertStep } from './step-alert.ts';

export interface IncidentStep extends AlertStep {
  /** The incident after it, with all its views; null when there is none. */
  readonly incident: Incident | null;
  /** How the view of this window stands: it alone, whatever the other one says. */
  readonly own: AlertStep;
  /** Kinds that people heard of and that are over, while the incident goes on. */
  readonly over?: readonly AlertKind[];
}

/**
 * What one more decided window of a series does to the incident it belongs to.
 *
 * Each view counts its own windows by the rules of `stepAlert`. With one view the incident is that view. With two it stands as
 * long as one of them does, and people hear of it as of one: of what the second view shows only when it is of a kind
 * they have not heard of, and of the end when both are over.
 */
export function stepIncident(
  current: Incident | null,
  series: EvaluationSeries,
  window: DecidedWindow,
  rule: AlertRule,
  nowMs: number,
): IncidentStep {
  const view = current?.views.get(series);
  const before = current === null || view === undefined ? null : { ...current.alert, ...view };
  const own = stepAlert(before, window, rule, nowMs);
  if (own.next === null) return { ...own, incident: null, own };
  const views = new Map(current?.views).set(series, viewOf(own.next));
  const others = openViews(views).filter(([name]) => name !== series);
  if (current === null) return { ...own, incident: { alert: own.next, lead: series, views }, own };
  if (others.length === 0) {
    // The last view left. It may have begun later than what people were told of.
    const alert = { ...own.next, sinceMs: current.alert.sinceMs };
    return { ...own, next: alert, incident: { alert, lead: series, views }, own };
  }
  const { next, event, notify } = own;
  if (next.state !== 'resolved') return withIncident({ own, event, notify }, together(next, current, views));
  // The other view goes on. What people were told of and it does not have is over.
  const { lastNotifiedAtMs, nextReminderAtMs, resolvedAtMs, toldTypes } = current.alert;
  const standing = new Set(others.flatMap(([, { types }]) => types));
  const isOver = event.kind === 'resolved' && event.reason !== 'expected';
  const over = isOver ? toldTypes.filter((type) => !standing.has(type)) : [];
  const stands = toldTypes.filter((type) => !over.includes(type));
  const open = { ...next, lastNotifiedAtMs, nextReminderAtMs, resolvedAtMs, toldTypes: stands };
  const after = together(open, current, views);
  if (over.length === 0) return withIncident({ own, event: STANDS, notify: null }, after);
  return { ...withIncident({ own, event: PART_OVER, notify: 'reminder' }, after), over };
}

/**
 * A view that has just fired turns out to be of an incident that the other view began, one that is open or was over before
 * labels came: it becomes a part of it. People are told when it is over already, or when they have not heard of the kind.
 *
 * @param fired the step that fired, of an incident nobody has heard of
 */
export function joinIncident(
  fired: IncidentStep,
  series: EvaluationSeries,
  known: Incident,
): IncidentStep | null {
  if (fired.own.next === null) return null;
  const { own } = fired;
  const views = new Map(known.views).set(series, viewOf(fired.own.next));
  const { toldTypes, lastNotifiedAtMs, nextReminderAtMs } = known.alert;
  const isOver = known.alert.state === 'resolved';
  const isNews = isOver || isNewsTo(toldTypes, fired.own.next.types);
  const base: AlertState = isNews
    ? { ...fired.own.next, toldTypes: [...new Set([...toldTypes, ...fired.own.next.types])] }
    : { ...fired.own.next, toldTypes, lastNotifiedAtMs, nextReminderAtMs };
  const event = {
    kind: 'still_firing',
    reason: !isNews ? 'views_agree' : isOver ? 'labels_show_more' : 'new_kind_confirmed',
  } as const;
  return withIncident({ own, event, notify: isNews ? 'firing' : null }, together(base, known, views));
}

const WITHDRAWN = { kind: 'withdrawn', reason: 'no_window_stands' } as const;
const PART_OVER = { kind: 'still_firing', reason: 'part_over' } as const;
const STANDS = { kind: 'still_firing', reason: 'other_view_stands' } as const;

/**
 * The incident when none of the windows of one view stands any more: it goes on while the other view does.
 *
 * @param over the incident as that view has it, ended
 */
export function withdrawView(
  current: Incident,
  series: EvaluationSeries,
  over: AlertState,
): { readonly event: typeof WITHDRAWN | typeof STANDS; readonly after: Incident } {
  const views = new Map(current.views).set(series, viewOf(over));
  if (openViews(views).length > 0) return { event: STANDS, after: together(current.alert, current, views) };
  return { event: WITHDRAWN, after: { alert: over, lead: series, views } };
}

function withIncident(
  step: Pick<IncidentStep, 'own' | 'event' | 'notify'>,
  incident: Incident,
): IncidentStep {
  return { ...step, incident, next: incident.alert };
}

/** @param shared what the views have in common: what was told, and when */
function together(
  shared: AlertState,
  { alert }: Incident,
  views: ReadonlyMap<EvaluationSeries, AlertView>,
): Incident {
  const open = openViews(views).toSorted(([a, one], [b, other]) => rank(b, other) - rank(a, one));
  const [lead, first] = open[0]!;
  const standing = open.map(([, view]) => view).filter(({ state }) => state !== 'pending');
  return {
    lead,
    views,
    alert: {
      ...shared,
      ...first,
      state: standing.some(({ state }) => state === 'firing') ? 'firing' : 'recovering',
      types: [...new Set(standing.flatMap(({ types }) => types))],
      subjects: [...new Set(standing.flatMap(({ subjects }) => subjects))].slice(0, MOST_SUBJECTS),
      // Its name and its beginning stay what people were told.
      firedVerdict: alert.firedVerdict,
      firedAtMs: alert.firedAtMs,
      sinceMs: alert.sinceMs,
      resolvedAtMs: null,
    },
  };
}

/** What fires speaks before what recovers; of two, a fault of the data, and then who knows the labels. */
function rank(series: EvaluationSeries, { state, types }: AlertView): number {
  const standing = { firing: 8, recovering: 4, pending: 0, resolved: 0 }[state];
  return standing + (types.includes('data_fault') ? 2 : 0) + (series === 'matured' ? 1 : 0);
}

function openViews(views: ReadonlyMap<EvaluationSeries, AlertView>): [EvaluationSeries, AlertView][] {
  return [...views].filter(([, { state }]) => state !== 'resolved');
}

function viewOf(alert: AlertState): AlertView {
  const {
    state,
    verdict,
    types,
    subjects,
    windowsInARow,
    verdictInARow,
    cleanInARow,
    sinceMs,
    lastWindowId,
  } = alert;
  return {
    state,
    verdict,
    types,
    subjects,
    windowsInARow,
    verdictInARow,
    cleanInARow,
    sinceMs,
    lastWindowId,
  };
}
