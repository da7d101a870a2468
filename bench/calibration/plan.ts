import { REFERENCE_ROWS } from './studied-table.ts';
import type { Study, Unit } from './unit.ts';

export interface PlanOptions {
  /** A tenth of the windows: for a look, not for a promise. */
  readonly quick: boolean;
  /** Null windows for each of the promised sizes; null: as planned. */
  readonly windows: number | null;
  readonly only: 'ours' | 'peers' | null;
}

/** Window sizes whose false alarms are promised. */
export const PROMISED_SIZES = [200, 500, 1000] as const;

/** Correlations of neighbouring rows that are tried. */
export const SERIAL_PHIS = [0, 0.5, 0.9] as const;

/** Other sizes of the reference than the usual one. */
export const OTHER_REFERENCES = [1000, 100_000] as const;

/** One row of the plan: windows of one kind, spread evenly over baselines. */
interface Batch {
  readonly study: Study;
  readonly windowRows: number;
  readonly windows: number;
  readonly baselines: number;
  readonly referenceRows?: number;
  readonly phi?: number;
}

/** Everything that is measured, in the order in which it is done. */
export function planUnits(options: PlanOptions): Unit[] {
  const batches = [
    ...(options.only === 'peers' ? [] : ourBatches(options.windows)),
    ...(options.only === 'ours' ? [] : peerBatches()),
  ];
  return batches.flatMap((each) => unitsOf(each, options.quick ? 0.1 : 1));
}

function ourBatches(windows: number | null): Batch[] {
  const promised = windows ?? 24_000;
  return [
    ...PROMISED_SIZES.map((windowRows) => batch('null', windowRows, promised, 120)),
    batch('null', 10_000, 200, 20),
    batch('null', 100_000, 20, 20),
    { ...batch('null', 1000, 1000, 50), referenceRows: 1000 },
    { ...batch('null', 1000, 500, 10), referenceRows: 100_000 },
    ...PROMISED_SIZES.map((windowRows) => batch('power', windowRows, 300, 20)),
    batch('power', 10_000, 20, 20),
    ...SERIAL_PHIS.map((phi) => ({ ...batch('serial', 1000, 600, 12), phi })),
  ];
}

function peerBatches(): Batch[] {
  return [
    ...[200, 500, 1000].map((windowRows) => batch('peers', windowRows, 300, 15)),
    batch('peers', 10_000, 20, 10),
    ...[50, 100, 200, 500, 1000, 5000].map((windowRows) => batch('single', windowRows, 400, 20)),
  ];
}

function batch(study: Study, windowRows: number, windows: number, baselines: number): Batch {
  return { study, windowRows, windows, baselines };
}

function unitsOf({ windows: wanted, baselines: most, ...batched }: Batch, scale: number): Unit[] {
  const windows = Math.max(1, Math.round((wanted * scale) / most));
  const baselines = Math.max(1, Math.round((wanted * scale) / windows));
  return Array.from({ length: baselines }, (_, baseline) => ({
    study: batched.study,
    baseline,
    referenceRows: batched.referenceRows ?? REFERENCE_ROWS,
    windowRows: batched.windowRows,
    windows,
    phi: batched.phi ?? 0,
  }));
}
