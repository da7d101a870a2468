import type { Diagnosis, Reading } from '../core/findings.ts';
import type { LabelAnswers } from './answers.ts';
import { faultEvidence } from './evidence.ts';
import { suspicion } from './faults/suspicion.ts';
import type { Suspicion } from './faults/suspicion.ts';
import type { JointShift } from './joint-shift.ts';
import { SAME_P, VERDICT_ALPHA } from './thresholds.ts';
import type { UndeterminedReason } from './verdict.ts';

/**
 * What may be a fault as well as a change of the world is neither: both readings are given, and nothing is retrained
 * before a person has looked.
 */
export function besideReadings(world: Diagnosis, readings: readonly Suspicion[]): Diagnosis {
  const [first] = readings;
  if (first === undefined) return world;
  const faulty = faultyReadings(readings);
  return {
    ...world,
    verdict: 'undetermined',
    types: [],
    evidence: [...faultEvidence(readings), ...world.evidence],
    readings: [
      ...faulty,
      {
        verdict: world.verdict,
        for: readings.map(({ otherwise = '' }) => otherwise),
        against: readings.map(({ finding }) => `${finding.feature}: ${finding.detail}`),
      },
    ],
    summary: `${mayHaveBroken(first)} The rows do not decide between them: look, watch, and do not retrain before.`,
    advice: 'watch',
    reason: 'fault_or_change' satisfies UndeterminedReason,
  };
}

/** A change of the world that stands without the columns in doubt, and what these may be. */
export function withReadings(world: Diagnosis, readings: readonly Suspicion[]): Diagnosis {
  const [first] = readings;
  if (first === undefined) return world;
  return {
    ...world,
    evidence: [...world.evidence, ...faultEvidence(readings)],
    readings: faultyReadings(readings),
    summary: `${world.summary} Besides: ${lowered(mayHaveBroken(first))}`,
  };
}

function faultyReadings(readings: readonly Suspicion[]): Reading[] {
  return readings.map(({ finding, otherwise = '' }) => ({
    verdict: 'data_fault',
    fault: finding.fault,
    feature: finding.feature,
    for: [finding.detail],
    against: [otherwise],
  }));
}

function mayHaveBroken({ finding: { fault, feature, detail }, otherwise = '' }: Suspicion): string {
  return `The pipeline may have broken ${feature} (${fault.replaceAll('_', ' ')}): ${detail}. Or ${otherwise}.`;
}

function lowered(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}

/**
 * A column that goes less with another than before, though none moved by itself, and a relation to the label that broke at the same
 * time: rows joined wrongly or noise in the column do both, and so may the world.
 */
export function looseColumns(joint: JointShift | null, answers: LabelAnswers): Suspicion[] {
  if (joint === null || answers.concept.p >= VERDICT_ALPHA) return [];
  // Another mix of labels, of rows that are what such rows were, moves what goes together.
  if (answers.labelP < VERDICT_ALPHA && answers.conditional.p > SAME_P) return [];
  const { columns, before, now, p } = joint;
  if (Math.abs(now) >= Math.abs(before)) return [];
  const along = answers.concept.blocks.find(({ feature }) => feature !== null && columns.includes(feature));
  const [first, second] = columns;
  const name = along?.feature ?? first;
  const other = name === first ? second : first;
  return [
    suspicion('misaligned_join', name, {
      detail: `its rank correlation with ${other} fell from ${before.toFixed(2)} to ${now.toFixed(2)} though neither moved by itself, and its relation to the label with it`,
      share: 1 - Math.abs(now / before),
      statistic: now,
      p,
      doubt: 1,
      otherwise: `${name} goes less with ${other}, and the label with both, than before`,
    }),
  ];
}

/** Two columns that said nearly the same, and that say nothing of each other any more. */
const NEARLY_ONE = 0.9;
const CLOSELY = 0.5;
const NOTHING = 0.1;

/**
 * Claimed without another witness: of two columns with a rank correlation of 0.9 and more, which have hardly any left though each is what it
 * was, one was joined to other rows. An association may weaken; of two names for one thing it does not end. Which of the two it was
 * nobody can tell: both are named. From 0.5 on it is a reading: what they had in common may be gone.
 */
export function partedTwins(joint: JointShift | null): Suspicion[] {
  if (joint === null || joint.isFolded) return [];
  const { columns, before, now, p, pairs } = joint;
  if (Math.abs(before) < CLOSELY || Math.abs(now) > NOTHING) return [];
  const isClaimed = Math.abs(before) >= NEARLY_ONE;
  const were = isClaimed ? 'said nearly the same' : 'went together closely';
  const [first, second] = columns;
  return columns.map((name) =>
    suspicion('misaligned_join', name, {
      detail: `${first} and ${second} ${were} (rank correlation ${before.toFixed(2)}) and say nothing of each other any more (${now.toFixed(2)}, of ${pairs} pairs), though neither moved by itself${isClaimed ? ': one of them is of other rows' : ''}`,
      share: 1,
      statistic: now,
      p,
      doubt: p,
      ...(!isClaimed && { otherwise: `what ${first} and ${second} had in common is gone` }),
    }),
  );
}
