import type { InhibitionReason } from '../core/alerts/alert-hold.ts';
import type { Fault } from '../core/faults.ts';
import type { MessageFacts, MessagePart } from './notification-parts.ts';

/** Another incident of the same model version that people have been told of, or would have been. */
export interface OpenIncident {
  readonly id: string;
  readonly segment: string;
  readonly types: readonly string[];
  readonly faults: readonly { readonly fault: Fault; readonly feature: string }[];
}

export interface Inhibition {
  readonly reason: InhibitionReason;
  readonly incidentId: string;
}

/** The columns themselves are not what they were: whatever else moved at the same time most likely moved with them. */
const SCHEMA_FAULTS: ReadonlySet<Fault> = new Set<Fault>(['type_change', 'swapped_columns']);

/**
 * The incident because of which a feature's drift is not told: no data at all, another schema, or a fault of the very
 * feature. What is open on all rows counts in every segment, what is open in a segment only there.
 */
export function inhibitionOf(
  part: MessagePart,
  own: Pick<MessageFacts, 'incidentId' | 'segment'>,
  others: readonly OpenIncident[],
): Inhibition | null {
  if (part.kind !== 'covariate_shift') return null;
  const reaching = others.filter(
    ({ id, segment }) => id !== own.incidentId && (segment === '' || segment === own.segment),
  );
  for (const [reason, inhibits] of RULES) {
    const found = reaching.find((incident) => inhibits(incident, part));
    if (found !== undefined) return { reason, incidentId: found.id };
  }
  return null;
}

type Rule = (incident: OpenIncident, part: MessagePart) => boolean;

const RULES: readonly (readonly [InhibitionReason, Rule])[] = [
  ['inhibited_by_no_data', ({ types }) => types.includes('no_data')],
  ['inhibited_by_schema_fault', ({ faults }) => faults.some(({ fault }) => SCHEMA_FAULTS.has(fault))],
  [
    'inhibited_by_data_fault',
    ({ faults }, { feature }) => feature !== '' && faults.some((each) => each.feature === feature),
  ],
];
