import { OTHER_REFERENCES, SERIAL_PHIS } from './plan.ts';
import type { PromiseCheck } from './promises.ts';
import { falseAlarmTable, levelTable, powerTable, referenceSizeTable, serialTable } from './report-ours.ts';
import { peerTable, singleFeatureTable } from './report-peers.ts';
import type { Results } from './results.ts';
import { markdownTable } from './wording.ts';

const LEVEL_SIZES = [200, 1000] as const;

/** The part of docs/statistics.md that this program owns. */
export function shortReport(results: Results, promises: readonly PromiseCheck[]): string {
  return [
    'Measured by `npm run calibration` (simulation with fixed seeds; the whole of it in [calibration](statistics/calibration.md)): 50 features of mixed kinds, references of 10,000 rows, many baselines.',
    promiseTable(promises),
    VERDICTS,
    falseAlarmTable(results),
    OUTCOMES,
    'Windows of a reference of another size, and rows that depend on the row before (AR(φ), 20 features, windows of 1,000 rows) with and without healthy windows to measure their spread:',
    referenceSizeTable(results, OTHER_REFERENCES),
    serialTable(results, SERIAL_PHIS),
    'How often a change of one feature in fifty is found:',
    powerTable(results),
    'Other tools’ default rules on the same kinds of features. They are written from the tools’ source and documentation, not runs of the tools († threshold assumed, the tool sets none; Frouros neither):',
    peerTable(results, ['any', 'found']),
  ].join('\n\n');
}

/** The whole of docs/statistics/calibration.md. */
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
    'The fifty features, one reference of 10,000 rows for each 20 windows. *Windows with any* is what a person sees who watches fifty features with such a rule and corrects for nothing. † The tool sets no threshold: 0.1 is what others take for PSI (also for Frouros), 0.3 is the default of the service built on TFDV. Rules without a p-value alarm more the fewer rows there are, whatever happens; those with one alarm at their level, fifty times over.',
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

- The code is the service's own: rows are drawn, a baseline is built from one table, each window is counted on it and compared at the defaults. The mix (\`bench/calibration/feature-mix.ts\`) has 30 features of numbers (normal, rounded, skewed, heavy-tailed, counts, lumps at zero, missing values, few distinct values) and 20 of levels (two to thirty thousand of them, rare ones, missing values), and beside them a prediction, a score and a label.
- Every baseline is drawn anew and has its share of the windows: a rate is an average over baselines. Windows of one baseline share its luck, so the bound counts them for what they are worth: one-sided 95 % after Clopper and Pearson, with hits and windows divided by the design effect (variance between baselines over the binomial one) where that exceeds 1.
- *Refused* are features with fewer than \`min_rows\` usable values. The promise is checked with refused features judged like the others, so that nothing is won by refusing: in windows of exactly 200 rows, every feature with a missing value is refused.
- References have 10,010 rows: up to 10,000 the KS p-value that is shown is exact, which takes most of the time and decides nothing; ten more rows leave no remainder where a tool cuts the reference into ten chunks (NannyML would make a chunk of a single row of it, and its threshold would be lost).
- A power row moves one feature; a window counts as found when that feature is flagged. The floor on the effect is why small changes are found less often in larger windows: they are seen and judged too small.
- Rates of others' rules come from fewer windows and say nothing about rates under a few per thousand.`;
