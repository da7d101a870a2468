import type { Advice, VerdictKind } from '../../core/findings.ts';
import type { Fault } from '../../core/faults.ts';

/** What may be said of a window, by somebody who made it. */
export interface RightAnswer {
  /** Right ones; the first is meant. */
  readonly verdicts: readonly VerdictKind[];
  /** Names of the fault, the best first; empty: none happened. */
  readonly faults: readonly Fault[];
  /** Any of them is the right column; empty: the fault is of rows. */
  readonly columns: readonly string[];
  /** The rows tell it from any change of the world; otherwise it is at most a reading beside others. */
  readonly isClaimable: boolean;
  readonly forbidden: readonly Advice[];
}

/** Nothing is wrong with the pipeline. */
export function healthyAnswer(moves: boolean): RightAnswer {
  return {
    verdicts: moves ? ['none', 'covariate_shift'] : ['none'],
    faults: [],
    columns: [],
    isClaimable: false,
    // A model whose inputs left its training data may have to be trained anew, though nothing broke.
    forbidden: moves ? ['fix_pipeline'] : ['fix_pipeline', 'retrain'],
  };
}

/** Where inputs move by themselves, a change of labels or concept comes with theirs. */
export function shiftAnswer(kind: VerdictKind, moves: boolean): RightAnswer {
  const isPlain = kind === 'label_shift' || kind === 'concept_drift';
  return {
    verdicts: moves && isPlain ? [kind, 'mixed'] : [kind],
    faults: [],
    columns: [],
    isClaimable: false,
    forbidden: kind === 'covariate_shift' ? ['fix_pipeline', 'retrain'] : ['fix_pipeline'],
  };
}

/** A fault that a change of the world could look like may be left open. Where inputs move by themselves it comes with theirs. */
export function faultAnswer(
  { faults, columns, isClaimable }: Pick<RightAnswer, 'faults' | 'columns' | 'isClaimable'>,
  moves: boolean,
): RightAnswer {
  const claimed: readonly VerdictKind[] = moves ? ['data_fault', 'mixed'] : ['data_fault'];
  return {
    verdicts: isClaimable ? claimed : ['undetermined', ...claimed],
    faults,
    columns,
    isClaimable,
    forbidden: ['retrain'],
  };
}
