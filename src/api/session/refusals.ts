import { isIPv4, isIPv6 } from 'node:net';
import { MINUTE_MS } from '../../core/clock.ts';
import type { AuditEntry } from '../../store/audit.ts';
import type { ApiDeps } from '../api-deps.ts';

/** Of one address or token in a minute; the others are counted. */
const STORED_A_MINUTE = 20;
/** Addresses that are told apart; the others share one count. */
const MOST_KEPT = 1_000;
const OTHERS = 'others';

/** The actor of whom nothing is known. */
export const ANONYMOUS = 'anonymous';

interface Minute {
  readonly startMs: number;
  seen: number;
  /** Of the row that counts. */
  rowId: string | null;
  uncounted: number;
  isCounting: boolean;
}

export interface Refusals {
  /**
   * Notes a refusal of whoever `key` is, an address or a token.
   *
   * @returns null, or how long it is until theirs are stored one by one again
   */
  note(key: string, entry: AuditEntry, nowMs: number): Promise<number | null>;
}

/**
 * Refusals in the audit trail: 20 a minute of each address are stored one by one, the others counted in one row, so that whoever knocks
 * day and night fills neither the memory nor the table. What cannot be written is told of in the log; the answer stays what it was.
 */
export function boundedRefusals({ audit, log }: Pick<ApiDeps, 'audit' | 'log'>): Refusals {
  const minutes = new Map<string, Minute>();

  function minuteOf(key: string, nowMs: number): Minute {
    const isOver = ({ startMs }: Minute): boolean => nowMs < startMs || nowMs - startMs >= MINUTE_MS;
    let own = minutes.get(key);
    if (own === undefined && minutes.size >= MOST_KEPT) {
      for (const [other, minute] of minutes) if (isOver(minute)) minutes.delete(other);
      if (minutes.size >= MOST_KEPT && key !== OTHERS) return minuteOf(OTHERS, nowMs);
    }
    if (own === undefined || isOver(own)) {
      own = { startMs: nowMs, seen: 0, rowId: null, uncounted: 0, isCounting: false };
      minutes.set(key, own);
    }
    return own;
  }

  /** One statement at a time, however many come meanwhile. */
  async function count(minute: Minute, entry: AuditEntry, nowMs: number): Promise<void> {
    minute.uncounted += 1;
    if (minute.isCounting) return;
    minute.isCounting = true;
    try {
      while (minute.uncounted > 0) {
        const times = minute.uncounted;
        minute.uncounted = 0;
        if (minute.rowId === null) minute.rowId = await audit.append(entry, nowMs, times);
        else await audit.add(minute.rowId, times);
      }
    } finally {
      minute.isCounting = false;
    }
  }

  return {
    async note(key, entry, nowMs) {
      const minute = minuteOf(networkOf(key), nowMs);
      minute.seen += 1;
      const isMany = minute.seen > STORED_A_MINUTE;
      try {
        if (isMany) await count(minute, { ...entry, target: null, refusedBecause: 'too_many' }, nowMs);
        else await audit.append(entry, nowMs);
      } catch (error) {
        log.error(
          { action: entry.action, error: String(error) },
          'a refusal could not be noted in the audit trail',
        );
      }
      return isMany ? minute.startMs + MINUTE_MS - nowMs : null;
    },
  };
}

/** Of an IPv6 address its /64: who has one has 2^64. What is no address stays as it is. */
function networkOf(key: string): string {
  if (!isIPv6(key)) return key;
  const mapped = key.slice(key.lastIndexOf(':') + 1);
  if (isIPv4(mapped)) return mapped;
  const [before = [], behind] = key
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''));
  const left = behind === undefined ? 0 : 8 - before.length - behind.length;
  const groups = [...before, ...Array.from({ length: left }, () => '0'), ...(behind ?? [])];
  return `${groups.slice(0, 4).join(':')}::/64`;
}
