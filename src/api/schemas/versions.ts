/** `core/version-comparison.ts` as schemas. */
import { z } from 'zod';
import { VERSION_METRICS } from '../../core/version-comparison.ts';
import type * as core from '../../core/version-comparison.ts';
import { interval } from '../../store/rows/cells.ts';
import type { Twin } from '../../store/rows/held-to-core.ts';
import { versionState } from '../../store/rows/words.ts';

const metric = z.enum(VERSION_METRICS);

const figure: Twin<core.VersionFigure> = z.looseObject({
  value: z.number(),
  interval,
  bound: z.number().exactOptional(),
});
const difference: Twin<core.VersionDifference> = z.looseObject({
  difference: z.number().describe('Of this version less the base.'),
  interval,
  p_value: z.number().nullable().describe('Of "no difference"; null where it is not tested.'),
});

const comparedVersion: Twin<core.ComparedVersion> = z.looseObject({
  version: z.string(),
  state: versionState,
  rows: z.number().int(),
  labelled: z.number().int(),
  windows: z.number().int(),
  metrics: z.partialRecord(metric, figure).describe('Absent metric: nothing says.'),
  differences: z.partialRecord(metric, difference).exactOptional().describe('Absent for the base.'),
  satisfies: z.boolean().describe('Within every limit that it has a figure for.'),
  violated: z.array(z.looseObject({ metric, threshold: z.number(), value: z.number() })),
  dominated_by: z
    .array(z.string())
    .describe('Versions that are nowhere worse, and somewhere significantly better.'),
});

export const versionComparison: Twin<core.VersionComparison> = z
  .looseObject({
    model: z.string(),
    size_ms: z
      .number()
      .nullable()
      .describe(
        'Length of the windows that were added up; null for windows of so many rows, or without any.',
      ),
    size_rows: z.number().nullable().describe('At least so many rows a window; null for a fixed length.'),
    from: z.iso.datetime().nullable(),
    to: z.iso.datetime().nullable(),
    base: z.string().nullable(),
    optimizing: z.enum(['accuracy', 'rmse']),
    versions: z.array(comparedVersion),
    best: z.string().nullable().describe('Within every limit, the best in the optimizing metric.'),
    as_good: z.array(z.string()).describe('Within every limit, and not significantly worse than the best.'),
  })
  .meta({ id: 'VersionComparison' });
