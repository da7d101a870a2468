import type { Advice, VerdictKind } from '../../src/core/findings.ts';
import type { Fault } from '../../src/core/faults.ts';
import type { RightAnswer } from '../../src/simulate/worlds/answer.ts';
import { namedFault } from './named-fault.ts';
import type { FaultAnswer } from './named-fault.ts';
import type { WorldCase } from './case-plan.ts';
import { judgeWindow } from '../../test/worlds/judge-window.ts';
import type { BenchWorld } from './bench-world.ts';

interface SaidFault {
  readonly fault: Fault;
  readonly feature: string;
  readonly detail: string;
}

/** One line of the results. */
export interface PlayedCase extends WorldCase {
  readonly happened: string;
  readonly rows: { readonly reference: number; readonly current: number };
  readonly answer: RightAnswer;
  readonly meetsBar: boolean;
  readonly verdict: VerdictKind;
  readonly confidence: number;
  readonly advice: Advice;
  readonly reason: string | null;
  readonly summary: string;
  readonly claimed: readonly SaidFault[];
  readonly readings: readonly SaidFault[];
  /** How far the fault was named; null where none happened. */
  readonly named: FaultAnswer | null;
  /** The verdict may be given, and a claimable fault is claimed of its column. */
  readonly isRight: boolean;
}

/** Draws a case and judges it as `compare` does. */
export async function playCase(world: BenchWorld, planned: WorldCase): Promise<PlayedCase> {
  const { tables, answer, happened, meetsBar } = await world.draw(planned);
  const { task, positiveClass } = world;
  const { diagnosis } = await judgeWindow(tables, { task, positiveClass });
  const named = answer.faults.length === 0 ? null : namedFault(answer, diagnosis);
  const { verdict, confidence, advice, reason, summary, faults } = diagnosis;
  const isNamed =
    named === null || named === 'claimed' || (!answer.isClaimable && verdict === 'undetermined');
  return {
    ...planned,
    happened,
    rows: { reference: tables.reference.rows, current: tables.current.rows },
    answer,
    meetsBar,
    verdict,
    confidence,
    advice,
    reason,
    summary,
    claimed: faults.map(({ fault, feature, detail }) => ({ fault, feature, detail })),
    readings: (diagnosis.readings ?? []).flatMap(({ fault, feature = '', for: reasons }) =>
      fault === undefined ? [] : [{ fault, feature, detail: reasons[0] ?? '' }],
    ),
    named,
    isRight: answer.verdicts.includes(verdict) && isNamed,
  };
}
