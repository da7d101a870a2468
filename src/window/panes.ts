import type { ModelSpec, WindowSpec } from '../core/model.ts';

/** A size of windows that rows are counted into, or that others feed. */
export interface PlannedSize {
  readonly sizeMs: number;
  readonly graceMs: number;
  /** How far a row may lie below the highest event time before it: grace, and what is accepted beyond it. */
  readonly acceptWithinMs: number;
  /** Size of the windows that feed this one; null: rows are counted into it directly. */
  readonly paneMs: number | null;
  /** Only there to feed others: nobody asked for windows of this size. */
  readonly paneOnly: boolean;
}

const plans = new WeakMap<ModelSpec, readonly PlannedSize[]>();

/**
 * The sizes of windows that a model's rows go to. The smallest is the pane: every size it divides is the sum of its
 * panes, so that a row is counted once, however many sizes are watched. A window of so many rows is made of panes of
 * its own size, which are opened for it when no window of that length is configured.
 */
export function windowPlan(model: ModelSpec): readonly PlannedSize[] {
  let plan = plans.get(model);
  if (plan === undefined) {
    plan = planOf(model.windows);
    plans.set(model, plan);
  }
  return plan;
}

function planOf(specs: readonly WindowSpec[]): PlannedSize[] {
  const sizes = new Map<number, WindowSpec & { paneOnly: boolean }>();
  for (const spec of specs) if (spec.rows === undefined) sizes.set(spec.sizeMs, { ...spec, paneOnly: false });
  for (const spec of specs) {
    if (spec.rows !== undefined && !sizes.has(spec.sizeMs))
      sizes.set(spec.sizeMs, { ...spec, paneOnly: true });
  }
  // Windows of so many rows are made of these; they must hold their rows themselves.
  const madeOf = new Set(specs.flatMap(({ rows, sizeMs }) => (rows === undefined ? [] : sizeMs)));
  const smallest = Math.min(...[...sizes.values()].map(({ sizeMs }) => sizeMs));
  const pane = sizes.get(smallest);
  const within = (spec: Pick<WindowSpec, 'graceMs' | 'acceptLateMs'>): number =>
    spec.graceMs + spec.acceptLateMs;
  return [...sizes.values()].map((spec) => {
    const { sizeMs, graceMs, paneOnly } = spec;
    const isMultiple = pane !== undefined && sizeMs > smallest && sizeMs % smallest === 0;
    const fed = isMultiple && !madeOf.has(sizeMs);
    return {
      sizeMs,
      graceMs,
      // What a pane still takes is part of the whole: it must be revised for as long.
      acceptWithinMs: fed ? Math.max(within(spec), within(pane)) : within(spec),
      paneMs: fed ? smallest : null,
      paneOnly,
    };
  });
}

/** Length of the stretches of time whose rows belong to the same windows of every size. */
export function stretchMs(model: ModelSpec): number {
  return windowPlan(model).reduce((step, { sizeMs }) => commonDivisor(step, sizeMs), 0);
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

export interface PanedWindow {
  readonly id: number;
  readonly sizeMs: number;
  readonly paneMs: number | null;
  readonly baselineId: number | null;
}

/**
 * Splits the windows of one moment into those a row is counted into, and those that will be fed by them. A window is
 * fed by a pane of the same baseline only: other grids do not add up, so there the row is counted into both. Nor is it
 * fed by a pane that is itself fed, by a smaller size that was configured after the window had opened.
 *
 * For example: an hour and its day, one baseline → counted: [hour], fed: [day]
 */
export function splitPanes<W extends PanedWindow>(windows: readonly W[]): { counted: W[]; fed: W[] } {
  const counted: W[] = [];
  const fed: W[] = [];
  for (const window of windows) (isFed(window, windows) ? fed : counted).push(window);
  return { counted, fed };
}

function isFed(window: PanedWindow, windows: readonly PanedWindow[]): boolean {
  if (window.paneMs === null) return false;
  return windows.some(
    (other) =>
      other.sizeMs === window.paneMs && other.baselineId === window.baselineId && !isFed(other, windows),
  );
}

/** Null: all windows are of so many rows, and none of them is ever empty. */
export function shortestSizeMs({ windows }: ModelSpec): number | null {
  const sizes = windows.filter(({ rows }) => rows === undefined).map(({ sizeMs }) => sizeMs);
  return sizes.length === 0 ? null : Math.min(...sizes);
}
