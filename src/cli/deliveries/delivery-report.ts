import type { DeliveryDetail, DeliveryRow } from '../../store/rows/deliveries.ts';
import { oneLine, textTable } from '../terminal/text-table.ts';

const utcSecond = (iso: string): string => iso.slice(0, 19).replace('T', ' ');

/** The id stands last, where it is easily copied. */
export function deliveryTable(rows: readonly DeliveryRow[]): string {
  return textTable(
    ['CREATED (UTC)', 'STATE', 'TARGET', 'ABOUT', 'TRIES', 'REASON', 'ID'],
    rows.map((row) => [
      utcSecond(row.created_at),
      row.state,
      row.target,
      `${row.about} ${row.model} ${row.version}`,
      String(row.attempts),
      short(row.reason ?? '-'),
      row.id,
    ]),
  );
}

const LONGEST_REASON = 60;

function short(text: string): string {
  return text.length <= LONGEST_REASON ? text : `${text.slice(0, LONGEST_REASON - 1)}…`;
}

export function deliveryReport(found: DeliveryDetail): string {
  const facts: (readonly [string, string])[] = [
    ['state', found.state],
    ['target', `${found.target} (${found.endpoint})`],
    ['about', `${found.about} ${found.model} ${found.version}`],
    ['message id', found.message_id],
    ['created', `${utcSecond(found.created_at)} UTC`],
    ...(found.sent_at === null ? [] : [['sent', `${utcSecond(found.sent_at)} UTC`] as const]),
    ...(found.replayed_at === null ? [] : [['replayed', `${utcSecond(found.replayed_at)} UTC`] as const]),
    ...(found.reason === null ? [] : [['reason', found.reason] as const]),
  ];
  const head = facts.map(([name, value]) => `${name.padEnd(11)}${oneLine(value)}\n`).join('');
  if (found.attempt_log.length === 0) return `${head}\nIt was not attempted.\n`;
  const attempts = found.attempt_log.map((row) => [
    String(row.attempt),
    utcSecond(row.at),
    row.outcome,
    String(row.status ?? '-'),
    row.duration_ms === null ? '-' : `${row.duration_ms} ms`,
    row.detail ?? '',
  ]);
  return `${head}\n${textTable(['TRY', 'AT (UTC)', 'OUTCOME', 'STATUS', 'TOOK', 'DETAIL'], attempts)}`;
}
