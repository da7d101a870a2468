import { UserError } from '../../core/errors.ts';

/** What to do about topics that are to be read and are not there. */
export interface MissingTopicsAdvice {
  readonly message: string;
  readonly fix: string;
}

/** Which topics the cluster does not have, or does not show to this login, and how they come to be. */
export function missingTopicsAdvice(
  topics: readonly string[],
  brokers: readonly string[],
): MissingTopicsAdvice {
  const server = brokers[0] ?? 'BROKER';
  const create = topics.map(
    (topic) => `kafka-topics.sh --bootstrap-server ${server} --create --topic ${topic}`,
  );
  return {
    message: `the cluster has no topic ${topics.join(' and no topic ')} yet, or does not show it to this login`,
    fix: `Create what is missing (${create.join('; ')}), correct the names in \`kafka.topics\`, or grant Describe and Read. It is looked for again by itself.`,
  };
}

/** None of the topics is there: there is nothing to read yet. The brokers are reached. */
export class NoTopics extends UserError {
  readonly topics: readonly string[];

  constructor(topics: readonly string[], brokers: readonly string[]) {
    const { message, fix } = missingTopicsAdvice(topics, brokers);
    super(message, { fix });
    this.topics = topics;
  }
}
