/** What people have still to be told of an incident because a message was held back. */
export type OwedMessage = 'firing' | 'reminder' | 'resolved';

export interface WhatPeopleKnow {
  /** Whether they were ever told that it fires. */
  readonly heard: boolean;
  readonly owed: OwedMessage | null;
}

export type IncidentMessage = OwedMessage | 'corrected';

/** An end and a correction go to those who heard the beginning. */
export function concernsNobody(kind: IncidentMessage, { heard }: WhatPeopleKnow): boolean {
  return (kind === 'resolved' || kind === 'corrected') && !heard;
}

/** What is owed once this message has been held back, too: of several one, and news before a reminder. */
export function owedAfterHold(kind: OwedMessage, { owed }: WhatPeopleKnow): OwedMessage {
  return kind === 'reminder' && owed === 'firing' ? 'firing' : kind;
}

/** As what a message is told: a reminder of something that was held back is the first that people hear of it. */
export function toldAs(kind: IncidentMessage, { owed }: WhatPeopleKnow): IncidentMessage {
  return kind === 'reminder' && owed === 'firing' ? 'firing' : kind;
}
