import type { Diagnosis } from '../../src/core/findings.ts';
import type { Fault } from '../../src/core/faults.ts';
import type { RightAnswer } from '../../src/simulate/worlds/answer.ts';

/** What was said of the fault that happened. */
export type FaultAnswer = 'claimed' | 'read' | 'other_column' | 'other_fault' | 'unnamed';

/**
 * How far a diagnosis names the fault: claimed, given as one of the readings, another column's, another fault's, or not at all.
 */
export function namedFault({ faults, columns }: RightAnswer, diagnosis: Diagnosis): FaultAnswer {
  const isColumn = (feature = ''): boolean => columns.length === 0 || columns.includes(feature);
  const isFault = (fault: Fault | undefined): boolean => fault !== undefined && faults.includes(fault);
  const claimed = diagnosis.faults;
  if (claimed.some(({ fault, feature }) => isFault(fault) && isColumn(feature))) return 'claimed';
  const readings = diagnosis.readings ?? [];
  if (readings.some(({ fault, feature }) => isFault(fault) && isColumn(feature))) return 'read';
  if (claimed.some(({ feature }) => isColumn(feature))) return 'other_fault';
  return claimed.length > 0 ? 'other_column' : 'unnamed';
}
