const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;

/**
 * Lines of comma-separated values without a header, as model endpoints take them. Quotes may hold commas and line
 * breaks; what reads as a number is one, an empty cell is missing.
 *
 * @example csvRows('1,"a,b",\n') // [[1, 'a,b', null]]
 */
export function csvRows(text: string): (string | number | null)[][] {
  const rows: (string | number | null)[][] = [];
  let row: (string | number | null)[] = [];
  let cell = '';
  let isQuoted = false;
  let wasQuoted = false;
  const endCell = (): void => {
    row.push(wasQuoted ? cell : plainCell(cell.trim()));
    cell = '';
    wasQuoted = false;
  };
  const endRow = (): void => {
    if (row.length === 0 && cell.trim() === '' && !wasQuoted) return;
    endCell();
    rows.push(row);
    row = [];
  };
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (isQuoted) {
      if (char !== '"') cell += char;
      else if (text.charAt(at + 1) === '"') {
        cell += '"';
        at += 1;
      } else isQuoted = false;
    } else if (char === '"' && cell.trim() === '') {
      cell = '';
      isQuoted = true;
      wasQuoted = true;
    } else if (char === ',') endCell();
    else if (char === '\n') endRow();
    else if (char !== '\r') cell += char;
  }
  endRow();
  return rows;
}

function plainCell(text: string): string | number | null {
  if (text === '') return null;
  return NUMBER.test(text) ? Number(text) : text;
}
