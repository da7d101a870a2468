import type { Fault } from '../core/faults.ts';
import type { IncidentKind } from '../core/alerts/alert.ts';

/** What a message would say, as far as holding it back is concerned. */
export interface MessageFacts {
  readonly kind: IncidentKind;
  /** Whether it ends the incident for those who heard of it. */
  readonly endsIncident: boolean;
  readonly incidentId: string;
  readonly model: string;
  readonly version: string;
  readonly segment: string;
  /** Kinds of shift, or what else the incident is about (`no_data`). */
  readonly types: readonly string[];
  /** Features that moved, without the faulty ones. */
  readonly moved: readonly string[];
  readonly faults: readonly { readonly fault: Fault; readonly feature: string }[];
}

/** The smallest thing that can be silenced: one kind of shift, and of features one of them. */
export interface MessagePart {
  readonly kind: string;
  /** Empty: it is about no single feature. */
  readonly feature: string;
  /** Shown beside what the message is about, and no reason to send it. */
  readonly aside: boolean;
}

/**
 * A shift of inputs is about each feature that moved, a fault about each faulty one. Label shift, concept drift and
 * missing data are about the model: a silence on a feature does not hide them.
 */
export function messageParts({ kind, types, moved, faults }: MessageFacts): MessagePart[] {
  const whole = (type: string): MessagePart => ({ kind: type, feature: '', aside: false });
  // The window behind these shows nothing any more: they are about the incident.
  if (kind === 'resolved' || kind === 'corrected') return types.map(whole);
  const featuresOf: ReadonlyMap<string, readonly string[]> = new Map([
    ['covariate_shift', moved],
    ['data_fault', [...new Set(faults.map(({ feature }) => feature))]],
  ]);
  const parts = types.flatMap((type) => {
    const features = featuresOf.get(type) ?? [];
    if (features.length === 0) return [whole(type)];
    return features.map((feature) => ({ kind: type, feature, aside: false }));
  });
  const asides = [...featuresOf].flatMap(([type, features]) =>
    types.includes(type) ? [] : features.map((feature) => ({ kind: type, feature, aside: true })),
  );
  return [...parts, ...asides];
}
