import { OLDEST_FETCH, NEWEST_FETCH, readFetchAnswer } from '../records/fetch-answer.ts';
import type { RequestTable } from './internals.ts';
import { noteRefusal } from './refused-fetches.ts';

/**
 * kafkajs makes some ten objects of every record while it reads an answer, and unpacks all batches of all partitions
 * before anybody may look at one; of aborted transactions it leaves out some. Here it is taught to carry each record
 * batch as it came, as one message at the batch's last offset: what is for nobody to see is marked while the answer is
 * read (`read-committed.ts`), the rest is opened when it is its turn (`record-chunks.ts`).
 *
 * The place is where it looks up what reads the answer to a fetch. It looks there at every fetch, so the order in which
 * things are loaded does not matter. Brokers before 0.11, which know neither, are refused.
 */
export function carryRecordBatches(fetch: RequestTable): void {
  const known = fetch.protocol;
  fetch.versions = fetch.versions.filter((version) => isRead(Number(version)));
  fetch.protocol = ({ version }) => {
    if (!isRead(version))
      throw new Error('the brokers are older than Kafka 0.11, whose logs are not read here');
    const make = known({ version });
    return (parameters) => {
      const made = make(parameters);
      const decode = async (bytes: Buffer) => {
        const answer = readFetchAnswer(bytes, version);
        for (const { topicName, partitions } of answer.responses) {
          for (const { partition, errorCode } of partitions) {
            if (errorCode !== 0) noteRefusal(topicName, partition);
          }
        }
        return await Promise.resolve(answer);
      };
      return { ...made, response: { ...made.response, decode } };
    };
  };
}

const isRead = (version: number): boolean => version >= OLDEST_FETCH && version <= NEWEST_FETCH;
