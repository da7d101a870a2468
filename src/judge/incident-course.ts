import type { FaultFinding } from '../core/faults.ts';
import type { Comparison, FeatureComparison } from '../core/findings.ts';
import { isAnswerBack, labelledAnswer } from './answer-back.ts';
import type { LabelledAnswer } from './answer-back.ts';
import { movedTogether, windowsOfChange } from './pool-windows.ts';
import { MOST_EARLIER } from './windows-before.ts';
import { isExpected } from './known-events.ts';
import { isLossBack, type Success, successOf, windowsOfLoss } from './loss-together.ts';
import { saysWithOthers } from './pooled-diagnosis.ts';
import { isUnnamedLoss, SHOWN_BY_LABELS } from './unnamed-loss.ts';

/** Windows by their place in the order of time. */
export interface IncidentSpan {
  /** A claimed fault of one column, or a change of the world. */
  readonly fault: Pick<FaultFinding, 'fault' | 'feature'> | null;
  /** The first window of the change, and the first in which it could be told. */
  readonly since: number;
  readonly told: number;
  /** Set where only the labels of several windows opened it: it is one if all of its rows name a kind, or show that the model got worse. */
  readonly byLabels?: true;
  /** Set where it began within a change of features that went on: it is one if all rows of that one do not name what its labels say. */
  readonly within?: IncidentSpan;
  /** The last window of the change; null while nothing says that it is over. */
  last: number | null;
}

/** How many clean windows in a row end what no figure bounds: a relation or labels that moved. */
const CLEAN_IN_A_ROW = 2;
/** Windows in a row that open an incident by their own verdicts. */
const SHIFTED_IN_A_ROW = 2;
/** Windows in a row that cannot be told are worth a look at all of their rows. */
const OPEN_IN_A_ROW = 2;

/** The windows, this one among them. */
export interface WindowsTogether {
  /** Whether the last `windows` windows are enough to see that the features are no longer that far away. */
  isBack(
    features: readonly FeatureComparison[],
    moved: ReadonlyMap<string, number>,
    windows: number,
  ): boolean;
  /** What was before the last `windows` is of another time. */
  restart(windows: number): void;
  /** Whether all rows of the last `windows` windows together show that the same features lead to other labels. */
  hasRelationMoved(windows: number): boolean;
}

/**
 * Windows that were judged one after the other become incidents: one change, one incident, on all its windows.
 *
 * States of the world: *quiet*; *shifted once* (a window's own verdict, not yet a second); *open* from the second such window on,
 * or at once where windows pooled show it, their features or their labels. Open it stays while windows shift or are too weak to have seen it, and is over with the last
 * window before a clean stretch long enough to bound every moved feature below half of what it was away, or, where none had moved, two clean
 * windows that looked, and to bound what labels had said likewise. A fault is open while it is claimed of one of the columns it began with, beside the world's.
 */
export class IncidentCourse {
  readonly spans: IncidentSpan[] = [];
  private readonly course: WindowsTogether;
  private world: IncidentSpan | null = null;
  /** Of the labels, begun later than the world's and while that goes on. */
  private within: IncidentSpan | null = null;
  /** By column; those of one event share it. */
  private readonly faults = new Map<string, IncidentSpan>();
  /** Furthest away so far, in standard deviations, by moved feature. */
  private moved = new Map<string, number>();
  /** Kinds that its windows named so far. */
  private types = new Set<string>();
  /** Since the first window of a change: what labels said up to the last window that showed it, and since. */
  private said: { readonly away: Labelled[]; readonly clean: Labelled[] } = { away: [], clean: [] };
  /** How well the model did in the last windows, none of them of an incident that is over. */
  private success: Success[] = [];
  private shiftedInARow = 0;
  private shiftedSince = 0;
  /** Windows in a row in which something moved, and nobody knows what. */
  private openInARow = 0;
  private cleanInARow = 0;
  /** Windows since the last of the change, weak ones among them. */
  private sinceShown = 0;
  private sinceWithin = 0;
  private at = -1;

  constructor(course: WindowsTogether) {
    this.course = course;
  }

  add(window: Comparison): void {
    this.at += 1;
    this.addFaults(window);
    this.addWorld(window);
  }

  private addFaults(window: Comparison): void {
    const { diagnosis } = window;
    // A column that is broken stays so, whatever a window's rows allow to call it.
    const claimed = new Map(
      diagnosis.faults.toReversed().map(({ fault, feature }) => [feature, { fault, feature }]),
    );
    for (const [feature, span] of this.faults) {
      if (claimed.has(feature) || isWeak(window)) continue;
      this.faults.delete(feature);
      if (![...this.faults.values()].includes(span)) span.last = this.at - 1;
    }
    // Two columns that were exchanged, and all that one join left empty, are one event.
    const begun = new Map<string, IncidentSpan>();
    for (const [feature, fault] of claimed) {
      if (this.faults.has(feature)) continue;
      const known = begun.get(fault.fault);
      const span = known ?? { fault, since: this.at, told: this.at, last: null };
      this.faults.set(feature, span);
      if (known !== undefined) continue;
      begun.set(fault.fault, span);
      this.spans.push(span);
    }
  }

  private addWorld(window: Comparison): void {
    // What it shows is known and expected, whatever else goes on.
    if (isExpected(window.diagnosis)) return;
    // A column that is broken says nothing of the world, in windows too weak to show the fault either.
    const broken = new Set([...this.faults.values()].map(({ fault }) => fault?.feature));
    const pooled = window.features.filter(
      (feature) => feature.pooled?.drifted === true && !broken.has(feature.name),
    );
    const isShifted = kindsOf(window).some((type) => type !== 'data_fault');
    const together = this.losing(window);
    this.openInARow = isOpen(window) ? this.openInARow + 1 : 0;
    const open = this.openInARow >= OPEN_IN_A_ROW ? this.openInARow : null;
    const losing = isShifted ? null : (together ?? open);
    if (this.world !== null) this.addWithin(this.world, together);
    else {
      if (isShifted && this.shiftedInARow === 0) this.shiftedSince = this.at;
      this.shiftedInARow = isShifted
        ? this.shiftedInARow + 1
        : isWeak(window) && !saysWithOthers(window.diagnosis, window.features)
          ? this.shiftedInARow
          : 0;
      if (this.shiftedInARow === 0) this.forget();
      const isPooled = movedTogether(pooled).length > 0;
      const isLoss = losing !== null && !isPooled && this.course.hasRelationMoved(losing);
      if (this.shiftedInARow < SHIFTED_IN_A_ROW && !isPooled && !isLoss) {
        if (this.shiftedInARow > 0) this.listen(window, isShifted);
        return;
      }
      const isOwn = isPooled || this.shiftedInARow >= SHIFTED_IN_A_ROW;
      this.open(pooled, isShifted, { losing: isLoss ? losing : 1, isOwn });
    }
    this.remember(window, pooled, isShifted);
    const shows = isShifted || movedTogether(pooled).length > 0;
    const isPart = shows || (losing !== null && this.within === null && this.isOfNow(losing));
    this.endIfOver(window, { shows, isPart });
  }

  /** Over how many windows, this one the last, labels say a little of what each does not. */
  private losing({ performance, diagnosis, label }: Comparison): number | null {
    // What is said of the labels of broken rows is not said of the model.
    const isTold = performance !== null && performance.labelled.current > 0 && diagnosis.faults.length === 0;
    this.success.push(isTold ? successOf(diagnosis, performance, label) : null);
    if (this.success.length > MOST_EARLIER + 1) this.success.shift();
    return windowsOfLoss(this.success);
  }

  /** What goes on for weeks hides from its rows together what its last days show. */
  private addWithin(world: IncidentSpan, losing: number | null): void {
    if (this.within === null) {
      const since = this.at + 1 - (losing ?? 0);
      if (losing === null || since <= world.since + 1 || !this.course.hasRelationMoved(losing)) return;
      this.within = { fault: null, since, told: this.at, last: null, byLabels: true, within: world };
      this.spans.push(this.within);
      this.sinceWithin = 0;
      return;
    }
    this.sinceWithin = losing === null ? this.sinceWithin + 1 : 0;
    if (this.sinceWithin === 0 || !this.isSuccessBack(this.within, this.sinceWithin)) return;
    this.within.last = this.at - this.sinceWithin;
    this.within = null;
  }

  private open(
    pooled: readonly FeatureComparison[],
    isShifted: boolean,
    { losing, isOwn }: { readonly losing: number; readonly isOwn: boolean },
  ): void {
    // Windows between that could tell nothing are of the change, too.
    const own = isShifted ? this.at + 1 - this.shiftedSince : 1;
    const length = Math.max(losing, own, windowsOfChange(pooled));
    this.world = {
      fault: null,
      since: Math.max(0, this.at + 1 - length),
      told: this.at,
      last: null,
      ...(!isOwn && { byLabels: true }),
    };
    this.spans.push(this.world);
    this.cleanInARow = 0;
  }

  /** Where the inputs alone moved, a loss that began before they were back is theirs, and says nothing of the windows since. */
  private isOfNow(losing: number): boolean {
    return this.world === null || this.isOfLabels(this.world) || losing <= this.sinceShown + 1;
  }

  private isOfLabels({ byLabels }: IncidentSpan): boolean {
    return byLabels === true || [...this.types].some((type) => SHOWN_BY_LABELS.has(type));
  }

  /** Of what its own window flags how far it is away, of what only the pool shows the pool's size. */
  private remember(window: Comparison, pooled: readonly FeatureComparison[], isShifted: boolean): void {
    const flagged = new Set([
      ...(isShifted ? window.features.filter(({ drifted }) => drifted) : []),
      ...pooled,
    ]);
    for (const { name, pooled: figures } of flagged) {
      if (figures === undefined) continue;
      this.moved.set(name, Math.max(this.moved.get(name) ?? 0, figures.size.estimate));
    }
  }

  private listen({ diagnosis, performance }: Comparison, showsIt: boolean): void {
    const { away, clean } = this.said;
    for (const type of showsIt ? kindsOf({ diagnosis, performance }) : []) this.types.add(type);
    clean.push({ diagnosis, performance });
    if (showsIt) away.push(...clean.splice(0));
    // As many as the service looks back.
    if (away.length + clean.length > MOST_EARLIER + 1) (away.length > 0 ? away : clean).shift();
  }

  private forget(): void {
    this.types = new Set();
    this.said = { away: [], clean: [] };
  }

  private answers(of: 'away' | 'clean'): LabelledAnswer[] {
    const types = [...this.types];
    return this.said[of].flatMap(
      ({ diagnosis, performance }) => labelledAnswer(diagnosis, performance, types) ?? [],
    );
  }

  private areLabelsBack(world: IncidentSpan): boolean {
    const isBack = isAnswerBack(this.answers('away'), this.answers('clean'));
    if (isBack !== null) return isBack;
    return !this.isOfLabels(world) || this.isSuccessBack(world, this.sinceShown);
  }

  private isSuccessBack({ since }: IncidentSpan, windows: number): boolean {
    const clean = this.success.length - windows;
    return isLossBack(this.success.slice(since - this.at - 1, clean), this.success.slice(clean));
  }

  /** A window shows the change by its own verdict or its features, or is part of several whose labels do. */
  private endIfOver(window: Comparison, { shows, isPart }: { shows: boolean; isPart: boolean }): void {
    if (this.world === null) return;
    this.listen(window, shows);
    this.sinceShown = isPart ? 0 : this.sinceShown + 1;
    if (isPart) this.cleanInARow = 0;
    else if (!isWeak(window) || (this.moved.size > 0 && saysWithOthers(window.diagnosis, window.features)))
      this.cleanInARow += 1;
    if (this.cleanInARow === 0) return;
    const areFeaturesBack =
      this.moved.size === 0
        ? this.cleanInARow >= CLEAN_IN_A_ROW
        : this.course.isBack(window.features, this.moved, this.cleanInARow);
    // What labels say goes on is the same event where it was one of labels.
    const goesOn = this.within !== null && [...this.types].some((type) => SHOWN_BY_LABELS.has(type));
    const isOver = areFeaturesBack && !goesOn && this.areLabelsBack(this.world);
    if (!isOver) return;
    this.world.last = this.at - this.cleanInARow;
    // What labels say goes on by itself.
    this.world = this.within;
    this.within = null;
    this.sinceShown = this.sinceWithin;
    this.moved = new Map();
    this.shiftedInARow = 0;
    this.forget();
    if (this.world !== null) return;
    // The clean windows are no part of the change, and it is no part of what follows.
    this.course.restart(this.cleanInARow);
    this.success.splice(0, Math.max(0, this.success.length - this.cleanInARow));
  }
}

/** Something moved in it that by its rows alone is of no kind. */
function isOpen({ diagnosis }: Comparison): boolean {
  return diagnosis.reason === 'conflicting_evidence';
}

type Labelled = Pick<Comparison, 'diagnosis' | 'performance'>;

/** What it is told of as, as the service has it. */
function kindsOf({ diagnosis, performance }: Labelled): readonly string[] {
  return isUnnamedLoss(diagnosis, performance) ? ['performance_loss'] : diagnosis.types;
}

/** Says neither that something changed nor that nothing did. */
function isWeak({ diagnosis }: Comparison): boolean {
  return diagnosis.verdict === 'undetermined';
}
