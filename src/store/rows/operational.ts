/** `core/operational.ts` as schemas, open like the other findings. */
import { z } from 'zod';
import { OPERATIONAL_METRICS } from '../../core/operational.ts';
import type { Breach, LatencyFigures, Operational, OperationalFigure } from '../../core/operational.ts';
import { interval } from './cells.ts';
import type { Twin } from './held-to-core.ts';

const figure: Twin<OperationalFigure> = z.looseObject({
  reference: z.number().nullable(),
  current: z.number().nullable(),
  interval: interval.describe('95 %, of the current figure.'),
  bound: z.number().exactOptional().describe('The exact figure is no further away than this.'),
  p_value: z.number().nullable(),
  drifted: z.boolean().describe('Significant, and at least `min_change` away.'),
});

const breach: Twin<Breach> = z.looseObject({
  metric: z.enum(OPERATIONAL_METRICS),
  kind: z.enum(['threshold', 'drift']),
  threshold: z.number().describe('The limit; of a drift the reference.'),
  value: z.number(),
  interval,
  p_value: z.number(),
  claim: z.string(),
});

const latency: Twin<LatencyFigures> = z.looseObject({ p50: figure, p95: figure, p99: figure, mean: figure });
const perPrediction = z.looseObject({ mean: figure, total: z.number() });

export const operational: Twin<Operational> = z
  .looseObject({
    rows: z.number(),
    latency_ms: latency.exactOptional(),
    throughput_per_s: figure.exactOptional(),
    cost: perPrediction.exactOptional(),
    energy_j: perPrediction.exactOptional(),
    error_rate: figure.exactOptional(),
    errors: z.array(z.looseObject({ error: z.string(), rows: z.number() })).exactOptional(),
    breaches: z.array(breach),
  })
  .meta({ id: 'Operational' });
