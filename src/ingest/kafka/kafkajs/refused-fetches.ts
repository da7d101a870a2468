/**
 * How often a broker has answered a fetch of a partition with an error, by its name: as many as are subscribed to. kafkajs deals
 * with such an answer by itself (it looks for the leader, or begins at the first offset) and tells nobody; but behind it
 * there may be another log, when a topic was deleted and made anew.
 */
const refusals = new Map<string, number>();

const nameOf = (topic: string, partition: number): string => `${partition}@${topic}`;

export function noteRefusal(topic: string, partition: number): void {
  refusals.set(nameOf(topic, partition), refusalsOf(topic, partition) + 1);
}

/** A number that has grown since when it was asked for before: fetches have been refused meanwhile. */
export function refusalsOf(topic: string, partition: number): number {
  return refusals.get(nameOf(topic, partition)) ?? 0;
}
