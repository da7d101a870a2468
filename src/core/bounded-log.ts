import { MINUTE_MS, SECOND_MS } from './clock.ts';
import type { Log } from './log.ts';

/** Lines of one outage that are written as they are, if no two say the same. */
const WRITTEN_WHOLE = 8;
/** Then one line sums up the others: after so long, after twice that, and so on up to the longest. */
const FIRST_SUMMARY_MS = 10 * SECOND_MS;
const LONGEST_SUMMARY_MS = 10 * MINUTE_MS;
/** An outage is over when nothing has been said for so long; longer than anybody here pauses between two attempts. */
const QUIET_MS = 90 * SECOND_MS;

interface Outage {
  readonly beganMs: number;
  lastMs: number;
  lines: number;
  withheld: number;
  readonly said: Set<string>;
  summaryEveryMs: number;
  summaryAtMs: number;
  readonly quiet: NodeJS.Timeout;
}

/**
 * A log for what says the same again and again while something is away, as a client does that tries to reconnect: its
 * warnings and errors are written once, then summed up at growing intervals, and a line says when it is over. So an
 * outage of any length, however many lines it makes, writes some dozen; a day of it some 150.
 *
 * @param name what has trouble, as the summaries call it
 */
export function boundedLog(log: Log, name: string): Log {
  let outage: Outage | null = null;

  function begin(nowMs: number): Outage {
    const quiet = setTimeout(end, QUIET_MS);
    quiet.unref();
    return {
      beganMs: nowMs,
      lastMs: nowMs,
      lines: 0,
      withheld: 0,
      said: new Set(),
      summaryEveryMs: FIRST_SUMMARY_MS,
      summaryAtMs: nowMs + FIRST_SUMMARY_MS,
      quiet,
    };
  }

  function end(): void {
    const over = outage;
    outage = null;
    // Whoever has read every line need not be told that there were no more.
    if (over === null || over.lines === over.said.size) return;
    const lasted = secondsBetween(over.beganMs, over.lastMs);
    log.info(
      { lines: over.lines, lastedSeconds: lasted },
      `${name}: the trouble is over; it lasted ${lasted} s`,
    );
  }

  function trouble(level: 'warn' | 'error', fields: object, message: string): void {
    const nowMs = Date.now();
    const now = (outage ??= begin(nowMs));
    now.quiet.refresh();
    now.lastMs = nowMs;
    now.lines += 1;
    const said = whatIsSaid(level, fields, message);
    if (now.said.size < WRITTEN_WHOLE && !now.said.has(said)) {
      now.said.add(said);
      log[level](fields, message);
      return;
    }
    now.withheld += 1;
    if (nowMs < now.summaryAtMs) return;
    log.warn(
      { lines: now.withheld, lastedSeconds: secondsBetween(now.beganMs, nowMs), last: said },
      `${name}: the trouble goes on, ${now.withheld} more lines like these`,
    );
    now.withheld = 0;
    now.summaryEveryMs = Math.min(LONGEST_SUMMARY_MS, 2 * now.summaryEveryMs);
    now.summaryAtMs = nowMs + now.summaryEveryMs;
  }

  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => log.info(fields, message),
    warn: (fields, message) => trouble('warn', fields, message),
    error: (fields, message) => trouble('error', fields, message),
  };
}

/** Which attempt it was, at which partition, makes no other trouble of it. */
function whatIsSaid(level: string, fields: { err?: unknown; error?: unknown }, message: string): string {
  const cause = fields.err ?? fields.error;
  const said = cause instanceof Error ? cause.message : typeof cause === 'string' ? cause : null;
  return `${level}: ${message}${said === null || message.includes(said) ? '' : `: ${said}`}`;
}

const secondsBetween = (fromMs: number, toMs: number): number => Math.round((toMs - fromMs) / SECOND_MS);
