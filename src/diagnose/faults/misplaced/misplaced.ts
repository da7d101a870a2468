import type { Suspect } from './suspect.ts';
import { suspicion } from '../suspicion.ts';
import type { Suspicion } from '../suspicion.ts';

/** The findings for a confirmed suspect, one per column concerned, whatever confirmed it. */
export function misplaced(
  found: Suspect,
  evidence: string,
  statistic: number,
  p: number,
  doubt: number,
): Suspicion[] {
  const facts = { share: 1, statistic, p, doubt };
  const [feature, other] = found.features;
  if (other === undefined) {
    const turned = `x became ${Number(found.about.toPrecision(6))} − x`;
    const what = found.isElsewhere
      ? `${turned}, as years of birth are this year less the age`
      : found.about === 0
        ? 'the sign is reversed'
        : `the scale is turned round (${turned})`;
    const detail = `${what}: with it undone, ${evidence}`;
    return [suspicion(found.isElsewhere ? 'unit_change' : 'sign_flip', feature, { ...facts, detail })];
  }
  return bothNamed(feature, other, `with it undone, ${evidence}`, facts);
}

/** An exchange accuses both columns. */
export function bothNamed(
  a: string,
  b: string,
  detail: string,
  facts: { share: number; statistic: number; p: number; doubt: number },
): Suspicion[] {
  return [
    {
      ...suspicion('swapped_columns', a, { ...facts, detail: `exchanged with ${b}: ${detail}` }),
      partner: b,
    },
    {
      ...suspicion('swapped_columns', b, { ...facts, detail: `exchanged with ${a}: ${detail}` }),
      partner: a,
    },
  ];
}
