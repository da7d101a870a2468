import { findEncoding, unpackedBytes } from './text-encoding.ts';

const QUOTE = 0x22;
const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;
/** A quote elsewhere in a field is a character like others; one behind a closing quote is its second. */
const OPENS_AFTER = new Set([0, LINE_FEED, CARRIAGE_RETURN, QUOTE, ...Buffer.from(',;\t|')]);

/**
 * The line of a CSV file, from 1, on which a record begins. The database counts records, the header and empty lines
 * among them; an editor counts lines, those within quotes too. Reads the file as far as that.
 *
 * @param record from 1
 * For example, where a.csv holds 'a,b\n1,"x\ny"\n2,3\n': csvLine('a.csv', false, 3) is 4.
 */
export async function csvLine(path: string, gzipped: boolean, record: number): Promise<number> {
  const { encoding } = await findEncoding(path, gzipped, null);
  const decoder = encoding.startsWith('utf-16') ? new TextDecoder(encoding) : null;
  let [line, records] = [1, 1];
  let end: number | null = null;
  let before = 0;
  let isQuoted = false;
  for await (const bytes of unpackedBytes(path, gzipped)) {
    const text = decoder === null ? bytes : Buffer.from(decoder.decode(bytes, { stream: true }));
    for (const byte of text) {
      // What ends the header ends all lines: a feed, also behind a return, or a return alone.
      if (end === null && !isQuoted && before === CARRIAGE_RETURN && byte !== LINE_FEED) {
        end = CARRIAGE_RETURN;
        line += 1;
        records += 1;
      } else if (end === null && !isQuoted && byte === LINE_FEED) end = LINE_FEED;
      if (records >= record) return line;
      if (byte === QUOTE) isQuoted = !isQuoted && OPENS_AFTER.has(before);
      if (byte === (end ?? LINE_FEED)) {
        line += 1;
        if (!isQuoted) records += 1;
      }
      before = byte;
    }
  }
  return line;
}
