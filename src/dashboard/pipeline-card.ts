import type { PipelineFacts } from '../store/read-models/pipeline.ts';
import { ago, compactNumber, plural, wholeNumber } from '../words/page-format.ts';
import { type Html, html } from '../words/html.ts';

/** The line itself: is everything read, stored, judged and sent? */
export function pipelineCard(facts: PipelineFacts, nowMs: number): Html {
  return html`<section class="card" aria-label="Pipeline">
    <header><h2>Pipeline</h2></header>
    <dl class="facts">
      ${fact('Events read', eventsRead(facts), eventsDetail(facts))}
      ${fact('Waiting in the log', wholeNumber(sum(facts.sources, ({ lag }) => lag)), lagDetail(facts, nowMs))}
      ${fact('Read up to', ...watermark(facts, nowMs))}
      ${fact('Rows after closing', wholeNumber(sum(facts.windows, (row) => row.late_rows)), 'revised a closed window')}
      ${fact('Dead letters', wholeNumber(sum(facts.dead_letters, ({ count }) => count)), deadLetterDetail(facts))}
      ${fact('Dead deliveries', wholeNumber(deadDeliveries(facts)), deliveryDetail(facts))}
      ${fact('Waiting to be done', wholeNumber(sum(facts.outbox, ({ waiting }) => waiting)), outboxDetail(facts, nowMs))}
    </dl>
    ${mailLines(facts, nowMs)}
  </section>`;
}

/** Only what stands between alerts and those who should read them. Whose addresses they are is for the operators. */
function mailLines(
  { mail_servers: servers, mail_unsubscribed: unsubscribed }: PipelineFacts,
  nowMs: number,
): Html {
  const down = servers.flatMap(({ host, opened_at: openedAt }) =>
    openedAt === null
      ? []
      : [
          html`<p class="small">
            <strong>The mail server ${host} does not answer</strong>; mails wait since
            ${ago(openedAt, nowMs)}.
          </p>`,
        ],
  );
  const stopped =
    unsubscribed.length === 0
      ? null
      : html`<p class="small soft">
          ${plural(unsubscribed.length, 'recipient')} of mails unsubscribed:
          <code>shiftwatch recipients list</code>
        </p>`;
  return html`${down}${stopped}`;
}

function fact(name: string, value: string, detail: string | Html): Html {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}<small>${detail}</small></dd>
  </div>`;
}

function sum<Row>(rows: readonly Row[], of: (row: Row) => number): number {
  return rows.reduce((total, row) => total + of(row), 0);
}

function eventsRead({ events }: PipelineFacts): string {
  // Labels are read once and joined later, dead letters may be replayed: neither is read from a log twice.
  const read = events.filter(({ source }) => source !== 'labels' && source !== 'dead-letters');
  return compactNumber(sum(read, ({ count }) => count));
}

function eventsDetail({ events }: PipelineFacts): string {
  const duplicates = sum(
    events.filter(({ outcome }) => outcome === 'duplicate'),
    ({ count }) => count,
  );
  return duplicates === 0 ? 'no duplicates' : plural(duplicates, 'duplicate');
}

function lagDetail({ sources }: PipelineFacts, nowMs: number): string {
  const newest = sources
    .map((row) => row.progressed_at)
    .sort()
    .at(-1);
  if (newest === undefined) return 'no log is connected';
  return `${plural(sources.length, 'partition')}, last moved ${ago(newest, nowMs)}`;
}

function watermark({ watermarks }: PipelineFacts, nowMs: number): [string, string] {
  const [slowest] = [...watermarks].sort((a, b) => a.complete_until.localeCompare(b.complete_until));
  if (slowest === undefined) return ['–', 'no event yet'];
  const detail = watermarks.length > 1 ? `event time of ${slowest.model}, the furthest behind` : 'event time';
  return [ago(slowest.complete_until, nowMs), detail];
}

function deadLetterDetail({ dead_letters: letters }: PipelineFacts): string | Html {
  const [most] = letters;
  if (most === undefined) return 'everything could be read';
  return html`mostly ${most.reason}: <code>shiftwatch dead-letters list</code>`;
}

function deadDeliveries({ deliveries }: PipelineFacts): number {
  return sum(
    deliveries.filter(({ state }) => state === 'dead'),
    ({ count }) => count,
  );
}

function deliveryDetail(facts: PipelineFacts): string | Html {
  const disabled = facts.disabled_endpoints.map(({ name }) => name);
  if (disabled.length > 0) {
    return html`disabled: ${disabled.join(', ')}: <code>shiftwatch endpoint list</code>`;
  }
  return deadDeliveries(facts) === 0
    ? 'all mails and posts arrived'
    : html`<code>shiftwatch deliveries list --state dead</code>`;
}

function outboxDetail({ outbox }: PipelineFacts, nowMs: number): string {
  const oldest = outbox.map((row) => row.oldest_at).sort()[0];
  if (oldest === undefined) return 'nothing';
  return `${outbox.map(({ kind, waiting }) => `${waiting} ${kind}`).join(', ')}, oldest ${ago(oldest, nowMs)}`;
}
