import { html } from '../../../words/html.ts';
import type { Html } from '../../../words/html.ts';
import { wholeNumber } from '../../../words/page-format.ts';

/** A part of the page whose rows are shown fully, briefly or not at all, so that the page stays small whatever is in it. */
export interface Shelf {
  readonly open: Html;
  /** In the order in which they stand. */
  readonly rows: readonly ShelfRow[];
  readonly close: Html;
  /** What the rows are, in words: `windows that moved`. */
  readonly of: string;
}

export interface ShelfRow {
  /** The least are shown first, and the first fully. Absent: as it stands. */
  readonly rank?: number;
  readonly full: () => Html;
  /** In a line. Absent: fully or not at all. */
  readonly brief?: () => Html;
}

type Part = Html | Shelf | null;

const NOTHING: Html = { html: '' };

/**
 * The parts within so many bytes. Of each shelf the first row is shown fully; then rows of all shelves briefly, each shelf within its share of
 * the room; then, by turns, as many fully as fit. How many are left out is said where they would stand, with the command that
 * shows them. Only what is shown is written, and one row of each shelf besides. O(rows).
 *
 * @param command that prints everything
 */
export function fitted(parts: readonly Part[], mostBytes: number, command: string): string {
  const shelves = parts.filter(isShelf).map((shelf) => new Filling(shelf, command));
  let room = mostBytes;
  for (const part of parts) room -= isShelf(part) ? 0 : bytesOf(part ?? NOTHING);
  for (const shelf of shelves) room -= shelf.frameBytes;
  for (const shelf of shelves) room -= shelf.showFirst(room);
  shelves.forEach((shelf, at) => (room -= shelf.showBriefly(room / (shelves.length - at))));
  for (let turns = shelves; turns.length > 0;) {
    turns = turns.filter((shelf) => {
      const taken = shelf.showNext(room);
      room -= taken ?? 0;
      return taken !== null;
    });
  }
  return parts.map((part) => (isShelf(part) ? shelves.shift()?.text() : tight(part ?? NOTHING))).join('');
}

const isShelf = (part: Part): part is Shelf => part !== null && 'rows' in part;

/** Without the indentation of the templates. */
const tight = ({ html: text }: Html): string => text.replaceAll(/\n\s+/g, '\n');

const bytesOf = (part: Html): number => Buffer.byteLength(tight(part));

class Filling {
  /** Of what stands around the rows. */
  readonly frameBytes: number;
  readonly #shelf: Shelf;
  readonly #command: string;
  /** Rows by rank, by their places. */
  readonly #ranked: readonly number[];
  /** By the place of the row. */
  readonly #shown = new Map<number, string>();
  #briefly = 0;
  #fully = 0;

  constructor(shelf: Shelf, command: string) {
    this.#shelf = shelf;
    this.#command = command;
    const rankOf = (at: number): number => shelf.rows[at]?.rank ?? at;
    this.#ranked = shelf.rows.map((_, at) => at).sort((a, b) => rankOf(a) - rankOf(b));
    this.frameBytes = bytesOf(shelf.open) + bytesOf(shelf.close) + bytesOf(this.#leftOut(shelf.rows.length));
  }

  /** How many bytes it takes; 0 where it does not fit. */
  showFirst(room: number): number {
    return this.#ranked.length === 0 ? 0 : (this.showNext(room) ?? 0);
  }

  showBriefly(room: number): number {
    let taken = 0;
    for (; this.#briefly < this.#ranked.length; this.#briefly++) {
      const place = this.#ranked[this.#briefly] ?? 0;
      if (this.#shown.has(place)) continue;
      const row = this.#shelf.rows[place];
      const text = tight((row?.brief ?? row?.full)?.() ?? NOTHING);
      const bytes = Buffer.byteLength(text);
      if (taken + bytes > room) break;
      this.#shown.set(place, text);
      taken += bytes;
    }
    return taken;
  }

  /** The next row fully; null where it does not fit, or all are. */
  showNext(room: number): number | null {
    const place = this.#ranked[this.#fully];
    if (place === undefined) return null;
    const before = this.#shown.get(place);
    const row = this.#shelf.rows[place];
    const isFull = before !== undefined && row?.brief === undefined;
    const text = isFull ? before : tight(row?.full() ?? NOTHING);
    const more = Buffer.byteLength(text) - Buffer.byteLength(before ?? '');
    if (more > room) return null;
    this.#shown.set(place, text);
    this.#fully += 1;
    return more;
  }

  text(): string {
    const { open, rows, close } = this.#shelf;
    const left = rows.length - this.#shown.size;
    const shown = rows.map((_, at) => this.#shown.get(at) ?? '').join('');
    return `${tight(open)}${shown}${tight(close)}${left > 0 ? tight(this.#leftOut(left)) : ''}`;
  }

  #leftOut(rows: number): Html {
    if (this.#shelf.rows.length === 0) return NOTHING;
    return leftOut(
      `${wholeNumber(rows)} of ${wholeNumber(this.#shelf.rows.length)} ${this.#shelf.of} are`,
      this.#command,
    );
  }
}

/** What a page does not show, and what does. */
export function leftOut(what: string, command: string): Html {
  return html`<p class="soft">${what} not shown: <code>${command}</code></p>`;
}
