import type { Operational, OperationalFigure } from '../core/operational.ts';

/** Figures of how predictions were made, with what people call them, in the order they are shown. */
export function operationalFigures(operational: Operational): (readonly [string, OperationalFigure])[] {
  const { latency_ms: latency, throughput_per_s, cost, energy_j, error_rate } = operational;
  const figures: (readonly [string, OperationalFigure | undefined])[] = [
    ['latency p50, ms', latency?.p50],
    ['latency p95, ms', latency?.p95],
    ['latency p99, ms', latency?.p99],
    ['latency mean, ms', latency?.mean],
    ['predictions a second', throughput_per_s],
    ['cost of a prediction', cost?.mean],
    ['energy of a prediction, J', energy_j?.mean],
    ['failed', error_rate],
  ];
  return figures.flatMap(([name, figure]) => (figure === undefined ? [] : [[name, figure] as const]));
}
