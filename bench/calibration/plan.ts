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
  return batches.flatMap((batch) => unitsOf(batch, options.quick ? 0.1 : 1));
}

function ourBatches(windows: number | null): Batch[] {
  const promised = windows ?? 12_000;
  return [
    ...PROMISED_SIZES.map((windowRows) => ({
      study: 'null' as const,
      windowRows,
      windows: promised,
      baselines: 60,
    })),
    { study: 'null', windowRows: 10_000, windows: 400, baselines: 40 },
    { study: 'null', windowRows: 100_000, windows: 40, baselines: 20 },
    { study: 'null', windowRows: 1000, windows: 2000, baselines: 100, referenceRows: 1000 },
    { study: 'null', windowRows: 1000, windows: 1000, baselines: 20, referenceRows: 100_000 },
    ...PROMISED_SIZES.map((windowRows) => ({
      study: 'power' as const,
      windowRows,
      windows: 300,
      baselines: 30,
    })),
    { study: 'power', windowRows: 10_000, windows: 40, baselines: 20 },
    ...[0, 0.5, 0.9].map((phi) => ({
      study: 'serial' as const,
      windowRows: 1000,
      windows: 600,
      baselines: 20,
      phi,
    })),
  ];
}

function peerBatches(): Batch[] {
  return [
    ...[200, 500, 1000].map((windowRows) => ({
      study: 'peers' as const,
      windowRows,
      windows: 300,
      baselines: 30,
    })),
    { study: 'peers', windowRows: 10_000, windows: 40, baselines: 20 },
    ...[50, 100, 200, 500, 1000, 5000].map((windowRows) => ({
      study: 'single' as const,
      windowRows,
      windows: 800,
      baselines: 40,
    })),
  ];
}

function unitsOf(batch: Batch, scale: number): Unit[] {
  const windows = Math.max(1, Math.round((batch.windows * scale) / batch.baselines));
  const baselines = Math.max(1, Math.round((batch.windows * scale) / windows));
  return Array.from({ length: baselines }, (_, baseline) => ({
    study: batch.study,
    baseline,
    referenceRows: batch.referenceRows ?? REFERENCE_ROWS,
    windowRows: batch.windowRows,
    windows,
    phi: batch.phi ?? 0,
  }));
}
