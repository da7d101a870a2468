/** A byte counts from 1, and NULL has a place, too. */
const MOST_TEXTS = 254;
/** Of all of them: they are part of a query for each column. */
const MOST_LETTERS = 20_000;

/** Over all different texts: whether they can be asked for. SQL ends at a character of code 0. */
export function canBeAskedFor(text: string): string {
  const letters = `coalesce(sum(length(${text})), 0) <= ${MOST_LETTERS}`;
  return `count(${text}) <= ${MOST_TEXTS} AND ${letters} AND count(CASE WHEN contains(${text}, chr(0)) THEN 1 END) = 0`;
}
