/** A stored severity in today's words: rows of earlier versions say it in others. */
export function severityNow(column: string): string {
  return `case ${column} when 'notice' then 'info' when 'warn' then 'warning' when 'alarm' then 'critical' else ${column} end`;
}
