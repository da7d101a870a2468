const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** Long numbers that a spreadsheet shows by their first digits. */
const MIN_LONG_NUMBER = 12;

/**
 * What other programs write for a text, in small letters: a spreadsheet that takes 10-24 or SEPT2 for a date and 3E10 or a long number for
 * a quantity, escapes of HTML, of addresses and of JSON. Never the text itself.
 *
 * @example [...writtenByOthers('R&D')] // ['r&amp;d', 'r&amp;amp;d', 'r%26d']
 */
export function writtenByOthers(level: string): ReadonlySet<string> {
  const text = level.trim();
  const forms = [...asDate(text), ...asQuantity(text), ...escaped(text)].map((form) => form.toLowerCase());
  return new Set(forms.filter((form) => form !== text.toLowerCase()));
}

function asDate(text: string): string[] {
  const named = /^([a-z]{3,9})[-/. ]?(\d{1,2})$/i.exec(text);
  const month = named === null ? -1 : MONTHS.findIndex((name) => isMonth(named[1]!, name));
  if (named !== null && month >= 0) return daysOfMonth(Number(named[2]), month);
  const numbers = /^(\d{1,2})[-/.](\d{1,2})$/.exec(text);
  if (numbers === null) return [];
  const [a, b] = [Number(numbers[1]), Number(numbers[2])];
  return [...daysOfMonth(b, a - 1), ...daysOfMonth(a, b - 1)];
}

/** `sept`, `march`, `dec`. */
const isMonth = (word: string, month: string): boolean =>
  word.toLowerCase().startsWith(month) && /^(?:[a-z]{3}|[a-z]*(?:ch|il|y|e|t|r))$/i.test(word);

/** As spreadsheets show a day of a month, or a month of a year, with what zeros there are. */
function daysOfMonth(day: number, month: number): string[] {
  const name = MONTHS[month];
  if (name === undefined) return [];
  const days = [String(day), String(day).padStart(2, '0')];
  return days.flatMap((each) =>
    ['-', ' ', '/', '.'].flatMap((mark) => [each + mark + name, name + mark + each]),
  );
}

function asQuantity(text: string): string[] {
  const isExponent = /^\d+(?:\.\d+)?e\d{1,2}$/i.test(text);
  const isLong = /^\d+$/.test(text) && text.length >= MIN_LONG_NUMBER;
  if (!isExponent && !isLong) return [];
  const value = Number(text);
  const shown = [2, 5].map((digits) => value.toExponential(digits).replace(/e\+?(\d)$/, 'e+0$1'));
  return [
    ...shown,
    ...shown.map((form) => form.replace(/\.?0+e/, 'e')),
    ...(isExponent ? [String(value)] : []),
  ];
}

const ENTITIES: readonly (readonly [string, string])[] = [
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
];

function escaped(text: string): string[] {
  const html = ENTITIES.reduce((all, [mark, entity]) => all.replaceAll(mark, entity), text);
  const inNumbers = text.replaceAll(/[^\0-\x7f]/g, (letter) => `&#${letter.codePointAt(0)};`);
  const json = text.replaceAll(
    /[^\0-\x7f]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const address = encodeURIComponent(text.toWellFormed());
  return [
    html,
    html.replaceAll('&#39;', '&apos;'),
    html.replaceAll('&amp;', '&amp;amp;'),
    inNumbers,
    json,
    address,
    address.replaceAll('%20', '+'),
  ];
}
