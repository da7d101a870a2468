/** A time within JSON that the database makes, as times are elsewhere in answers: ISO 8601, UTC, milliseconds. */
export function iso(expression: string): string {
  return `to_char(${expression} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}
