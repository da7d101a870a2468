import type { FaultFinding } from '../../../core/faults.ts';
import { type Transformation, TRANSFORMATIONS } from './transformations.ts';

/** How values come back to what they were, as the finding of a fault tells it. */
export interface ToldTransformation {
  readonly name: string;
  readonly undo: (value: number) => number;
}

const HOURS = 24;
/** Of a factor without a name. */
const FACTOR = /(?:\bold ones?|of the values are) ([×÷]) (\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?)/;
const CLOCK = /a clock moved by (-?\d+) h\b/;

/**
 * The transformation that a finding's sentence names: one that has a name, a factor, or hours. Null: it names none, such
 * as of missing values, or of levels. Findings are stored as sentences, so this reads them.
 */
export function toldTransformation({ detail }: Pick<FaultFinding, 'detail'>): ToldTransformation | null {
  const named = TRANSFORMATIONS.filter(({ name }) => isTold(name, detail)).sort(longestFirst)[0];
  if (named !== undefined) return { name: named.name, undo: named.undo };
  const hours = CLOCK.exec(detail)?.[1];
  if (hours !== undefined) {
    const by = Number(hours);
    return { name: `clock moved by ${by} h`, undo: (value) => (((value - by) % HOURS) + HOURS) % HOURS };
  }
  const [, sign, text = ''] = FACTOR.exec(detail) ?? [];
  const factor = Number(text.replaceAll(',', ''));
  if (sign === undefined || !(factor > 0)) return null;
  return { name: `${sign} ${text}`, undo: (value) => (sign === '×' ? value / factor : value * factor) };
}

function isTold(name: string, detail: string): boolean {
  return [`fit ${name} `, `with ${name} taken back`, `old ones by ${name},`].some((said) =>
    detail.includes(said),
  );
}

function longestFirst(a: Transformation, b: Transformation): number {
  return b.name.length - a.name.length;
}
