import type { Result } from '../core/result.ts';
import { fail, ok } from '../core/result.ts';

const BROKER = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):\d{1,5}$/;

/** A list, or one text with commas as environment variables hold it. The error holds the indices that are no host:port. */
export function parseBrokers(given: string | readonly string[]): Result<string[], number[]> {
  const listed = typeof given === 'string' ? given.split(',').filter((part) => part.trim() !== '') : given;
  const brokers = listed.map((broker) => broker.trim());
  const bad = brokers.flatMap((broker, index) => (BROKER.test(broker) ? [] : [index]));
  if (brokers.length === 0) return fail([0]);
  return bad.length === 0 ? ok(brokers) : fail(bad);
}
