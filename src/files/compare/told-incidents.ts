import type { Diagnosis, FileComparison, ShiftKind } from '../../core/findings.ts';
import type { IncidentSpan } from '../../judge/incident-course.ts';
import { diagnosisOfIncident } from '../../judge/pooled-diagnosis.ts';
import { isUnnamedLoss } from '../../judge/unnamed-loss.ts';

/** An incident, and what its rows say. */
export interface ToldIncident {
  readonly span: IncidentSpan;
  readonly diagnosis: Diagnosis;
}

/** Windows whose rows are to be judged together, by their places. */
export interface RowsOfIncident {
  readonly span: IncidentSpan;
  /** Without those in which labels show something that began within it. */
  readonly isApart: boolean;
  readonly places: readonly number[];
}

/** What has to be judged together to tell the incidents: all rows of each, and the rest of what another began within. */
export function rowsOfIncidents(
  spans: readonly IncidentSpan[],
  windows: readonly FileComparison[],
): RowsOfIncident[] {
  const all = spans.map((span) => ({ span, isApart: false, places: windowsOf(span, windows) }));
  const around = new Set(spans.flatMap(({ within }) => within ?? []));
  const apart = [...around].flatMap((span) => {
    const inside = new Set(all.flatMap((one) => (one.span.within === span ? one.places : [])));
    const places = windowsOf(span, windows).filter((at) => !inside.has(at));
    return places.length === 0 ? [] : [{ span, isApart: true, places }];
  });
  return [...all, ...apart];
}

/** A window with a fault that is not the incident's own says nothing of it. */
function windowsOf({ fault, since, last }: IncidentSpan, windows: readonly FileComparison[]): number[] {
  const all = Array.from({ length: (last ?? windows.length - 1) - since + 1 }, (_, i) => since + i);
  const faultless = all.filter((at) => windows[at]!.diagnosis.faults.length === 0);
  return fault === null && faultless.length > 0 ? faultless : all;
}

/**
 * Incidents as the service has them: what labels of several windows let suspect, and all rows neither name nor show to cost the model its success, is none; nor is what began within
 * another whose other rows say the same. What is one is said by itself, and not of the one around it.
 *
 * @param rows as `rowsOfIncidents` gives them, and what each says together
 * @param windows one by one
 */
export function toldIncidents(
  rows: readonly RowsOfIncident[],
  together: readonly FileComparison[],
  windows: readonly FileComparison[],
): ToldIncident[] {
  const placeOf = (span: IncidentSpan, isApart: boolean): number =>
    rows.findIndex((one) => one.span === span && one.isApart === isApart);
  const said = (span: IncidentSpan, isApart: boolean): Diagnosis | null => {
    const at = placeOf(span, isApart);
    return at < 0 ? null : diagnosisOfIncident(together[at]!.diagnosis, windows[span.told]!);
  };
  /** A model that got worse is told of, whatever the cause. */
  const isLoss = (span: IncidentSpan): boolean => {
    const { diagnosis, performance } = together[placeOf(span, false)]!;
    return isUnnamedLoss(diagnosis, performance);
  };
  const all = rows.flatMap(({ span, isApart }) => (isApart ? [] : [span]));
  const isOne = (span: IncidentSpan): boolean => {
    if (span.fault !== null) return !isOfWorld(span, said(span, false)?.types ?? [], all);
    if (isOfFault(span, said(span, false), all)) return false;
    if (span.byLabels !== true) return true;
    const types = said(span, false)?.types ?? [];
    if (span.within === undefined) {
      // Of what labels alone let suspect, that which began within it may be all.
      const inner = rows.some(
        ({ span: other, isApart }) => !isApart && other.within === span && isOne(other),
      );
      return ((inner ? said(span, true) : null)?.types ?? types).length > 0 || (!inner && isLoss(span));
    }
    const rest = said(span.within, true);
    // What its first windows could not tell apart, all of its rows may: then it is one event.
    const around =
      rest?.reason === 'conflicting_evidence'
        ? (said(span.within, false)?.types ?? [])
        : (rest?.types ?? types);
    // Once its labels speak, what a part of them is called is no other event.
    const isTold = around.some((type) => OF_LABELS.has(type)) && !outlasts(span, span.within);
    return !isTold && types.some((type) => OF_LABELS.has(type));
  };
  const spans = all.filter(isOne);
  return spans.map((span) => {
    const isAround = spans.some(({ within }) => within === span);
    const all = said(span, false)!;
    const ofEach = faultOf(span, all, windows) ?? saidByEach(span, all, windows);
    return { span, diagnosis: (isAround ? said(span, true) : null) ?? ofEach ?? all };
  });
}

/** A gauge stands still at another value each day: what each window shows of a column all of them together need not. */
function faultOf(
  { fault, since, last }: IncidentSpan,
  { faults }: Diagnosis,
  windows: readonly FileComparison[],
): Diagnosis | null {
  if (fault === null || faults.some(({ feature }) => feature === fault.feature)) return null;
  const newest = windows
    .slice(since, (last ?? windows.length - 1) + 1)
    .findLast(({ diagnosis }) => diagnosis.faults.some(({ feature }) => feature === fault.feature));
  return newest?.diagnosis ?? null;
}

/** Windows that say it, at least. */
const MIN_TELLING = 2;

/** Days between which lots differ are further apart than rows of one are: where all of them together do not tell, what most say, and none says otherwise, stands. */
function saidByEach(
  { since, last }: IncidentSpan,
  { verdict }: Diagnosis,
  windows: readonly FileComparison[],
): Diagnosis | null {
  if (verdict !== 'undetermined') return null;
  const all = windows.slice(since, (last ?? windows.length - 1) + 1);
  const telling = all.filter(({ diagnosis }) => diagnosis.types.length > 0);
  const kinds = new Set(telling.map(({ diagnosis }) => diagnosis.types.join(' ')));
  return telling.length >= MIN_TELLING && 2 * telling.length > all.length && kinds.size === 1
    ? telling.at(-1)!.diagnosis
    : null;
}

const OF_LABELS: ReadonlySet<ShiftKind> = new Set(['label_shift', 'concept_drift']);

/** What single windows called a fault, and all of them together a change of the world, is part of the one around it. */
function isOfWorld(span: IncidentSpan, types: readonly ShiftKind[], spans: readonly IncidentSpan[]): boolean {
  if (types.length === 0 || types.includes('data_fault')) return false;
  return spans.some((other) => other.fault === null && overlap(span, other));
}

/** What several windows called a change, and all of their rows the fault of a column that is told of by itself, is that fault. */
function isOfFault(span: IncidentSpan, said: Diagnosis | null, spans: readonly IncidentSpan[]): boolean {
  if (said === null || said.types.some((type) => type !== 'data_fault') || said.faults.length === 0)
    return false;
  return said.faults.every(({ fault, feature }) =>
    spans.some((other) => {
      const own = other.fault;
      return own !== null && own.fault === fault && own.feature === feature && overlap(span, other);
    }),
  );
}

function overlap(one: IncidentSpan, other: IncidentSpan): boolean {
  return other.since <= (one.last ?? Infinity) && one.since <= (other.last ?? Infinity);
}

/** Labels that add up over windows show their last ones a window late. */
const ENDS_TOGETHER = 1;

function outlasts(span: IncidentSpan, other: IncidentSpan): boolean {
  return (span.last ?? Infinity) > (other.last ?? Infinity) + ENDS_TOGETHER;
}
