import { OTHER_REFERENCES, SERIAL_PHIS } from './plan.ts';
import type { PromiseCheck } from './promises.ts';
import { falseAlarmTable, levelTable, powerTable, referenceSizeTable, serialTable } from './report-ours.ts';
import { peerTable, singleFeatureTable } from './report-peers.ts';
import type { Results } from './results.ts';
import { markdownTable } from './wording.ts';

const LEVEL_SIZES = [200, 1000] as const;

/** The whole of docs/records/calibration.md. */
export function fullReport(results: Results, promises: readonly PromiseCheck[]): string {
  return `${[
    '# Calibration',
    'Written by `npm run calibration`; do not edit. Seeds are fixed, so the same sources give the same figures on any machine.',
    '## What is promised',
    promiseTable(promises),
    VERDICTS,
    METHOD,
    '## When nothing moved',
    falseAlarmTable(results),
    OUTCOMES,
    referenceSizeTable(results, OTHER_REFERENCES),
    '### p-values by kind of feature',
    'Share of features with a p-value at or below the level, divided by the level, before correction and floor: 1 is exact, below 1 conservative.',
    levelTable(results, LEVEL_SIZES),
    '## When each row depends on the one before',
    'Twenty features follow AR(1) chains whose neighbouring rows correlate by φ; windows of 1,000 rows. Judged as independent rows, and with the spread of healthy windows of the same size known. The shift is of the first feature alone.',
    serialTable(results, SERIAL_PHIS),
    '## When one feature moved',
    powerTable(results),
    '## Beside other tools',
    'The fifty features, one reference of 10,000 rows for each 20 windows. *Windows with any* is what a person sees who watches fifty features and corrects for nothing. † The tool sets no threshold (Frouros neither): 0.1 is what others take for PSI, 0.3 the default of the service built on TFDV.',
    peerTable(results, ['any', 'found']),
    peerTable(results, ['feature']),
    'One normal feature:',
    singleFeatureTable(results),
  ].join('\n\n')}\n`;
}

export function promiseTable(promises: readonly PromiseCheck[]): string {
  return markdownTable(
    ['promise', 'measured', 'verdict'],
    promises.map(({ claim, measured, verdict }) => [
      claim,
      measured,
      verdict === 'kept' ? verdict : `**${verdict}**`,
    ]),
  );
}

const VERDICTS =
  '*Kept* is what the bound shows, *broken* what enough windows do not show, *open* what too few windows cannot tell.';

const OUTCOMES =
  'The promise, at most 1 per 1,000 by the bound, is about the features. Prediction, score and label are three more families, each at a third of the level, so that a window with *anything* flagged is more frequent.';

const METHOD = `## How it is measured

- By the service's own code: rows are drawn, a baseline is built, each window is counted on it and compared at the defaults. The mix (\`bench/calibration/feature-mix.ts\`) has 30 features of numbers (normal, rounded, skewed, heavy-tailed, counts, lumps at zero, missing values, few distinct values) and 20 of levels (two to thirty thousand), beside a prediction, a score and a label.
- Every baseline is drawn anew. Windows of one baseline share its luck, so bounds are one-sided 95 % after Clopper and Pearson with hits and windows divided by the design effect between baselines.
- *Refused* are features with fewer than \`min_rows\` usable values; the promise is checked with these judged like the others.
- References have 10,010 rows, so that no exact KS p-value is computed and no tool has a chunk of a single row.
- The floor on the effect is why small changes are found less often in larger windows: they are seen and judged too small.
- Other tools' rules are written from their source and documentation, not runs of the tools; their rates come from fewer windows and say nothing under a few per thousand.`;
