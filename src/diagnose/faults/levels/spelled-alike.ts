import { asPercent } from '../../wording.ts';
import { writtenByOthers } from './written-by-others.ts';

/** Known levels under another spelling. */
export interface Respelling {
  /** Known level and the new one that spells it. */
  readonly pairs: readonly (readonly [string, string])[];
  /** How they differ, and why that is no coincidence. */
  readonly way: string;
}

const MIN_AFFIXED_LEVELS = 2;
/** Cut off to less than this, levels begin like others by chance. */
const MIN_CUT_LENGTH = 4;
/** So many where several known levels became one, or have digits. */
const MIN_CUT_LEVELS = 3;
/** Where more of the known levels than these differ in spelling alone, spelling tells levels apart. */
const MOST_ALIKE = 0.05;

/**
 * Which new levels spell known ones otherwise: by case, spaces, `_`, `-`, quotes, zeros in front, `1.0` for `1`; in another
 * encoding, without accents, as another program writes it (a date made of it, escapes), or by its initials; with one and the same piece more before or behind (and in another case), or cut off at one length (two levels at
 * least, and all that came). Null where none does, or where the known levels themselves differ by no more than that: then it
 * tells levels apart (`a1` and `A1`, shop `1` and shop `11`).
 *
 * @param came new levels, the commonest first
 * @param staying levels that are still used since
 */
export function spelledAlike(
  came: readonly string[],
  known: readonly string[],
  staying: readonly string[] = known,
): Respelling | null {
  return (
    bySpelling(came, known, plain, 'differing in case, spaces or marks') ??
    inOtherEncoding(came, known) ??
    asOthersWrite(came, known) ??
    byInitials(came, known, staying) ??
    bySpelling(came, known, (level) => plain(withoutAccents(level)), 'differing in accents') ??
    affixed(came, known) ??
    affixedInOtherCase(came, known) ??
    cutOff(came, known, staying)
  );
}

function bySpelling(
  came: readonly string[],
  known: readonly string[],
  spell: (level: string) => string,
  differing: string,
): Respelling | null {
  const knownAs = new Map<string, string>();
  for (const level of known) if (!knownAs.has(spell(level))) knownAs.set(spell(level), level);
  const pairs = came.flatMap((level): [string, string][] => {
    const old = knownAs.get(spell(level));
    return old === undefined ? [] : [[old, level]];
  });
  if (pairs.length === 0) return null;
  const alike = known.length - knownAs.size;
  if (alike > MOST_ALIKE * known.length) return null;
  const few =
    alike === 0 ? 'no two known levels do' : `only ${asPercent(alike / known.length)} of the known levels do`;
  return { pairs, way: `${differing}, as ${few}` };
}

function plain(level: string): string {
  return (
    level
      .trim()
      .replace(/^b?(['"])(.*)\1$/, '$2')
      .toLowerCase()
      .replaceAll(/[\s_-]+/g, '-')
      // 1-1 and 11 are two numbers, north-west and northwest one word.
      .replaceAll(/(?<!\d)-|-(?!\d)/g, '')
      .replace(/^0*(\d+)(\.0+)?$/, '$1')
  );
}

function withoutAccents(level: string): string {
  return level.normalize('NFKD').replaceAll(/\p{M}/gu, '').replaceAll('ß', 'ss');
}

const ASCII_ONLY = /^[\0-\x7f]*$/;
const BEYOND_ASCII = /[^\0-\x7f]/gu;

function inOtherEncoding(came: readonly string[], known: readonly string[]): Respelling | null {
  // Nearly all levels are ASCII, and then there is nothing to mistake.
  const garbledKnown = known.map((level): [string, ReadonlySet<string>] => [level, garbled(level)]);
  const isAllAscii = garbledKnown.every(([, forms]) => forms.size === 0);
  const pairs = came.flatMap((level): [string, string][] => {
    const own = garbled(level);
    if (isAllAscii && own.size === 0) return [];
    const old = garbledKnown.find(([other, forms]) => forms.has(level) || own.has(other));
    return old === undefined ? [] : [[old[0], level]];
  });
  return pairs.length === 0 ? null : { pairs, way: 'the same letters in another encoding' };
}

/** Not where two known levels are each other's forms already. */
function asOthersWrite(came: readonly string[], known: readonly string[]): Respelling | null {
  const small = (level: string): string => level.trim().toLowerCase();
  const plainly = new Map(known.map((level) => [small(level), level]));
  const otherwise = new Map(
    known.flatMap((level) => [...writtenByOthers(level)].map((form) => [form, level])),
  );
  if (known.some((level) => otherwise.has(small(level)))) return null;
  const pairs = came.flatMap((level): [string, string][] => {
    const own = [...writtenByOthers(level)].find((form) => plainly.has(form));
    const old = otherwise.get(small(level)) ?? plainly.get(own ?? '');
    return old === undefined ? [] : [[old, level]];
  });
  return pairs.length === 0
    ? null
    : {
        pairs,
        way: 'as a spreadsheet, a web page or an address writes it, and no known level is another one so',
      };
}

const MIN_INITIALS = 3;

/** The first letters of at least three words, of a level that is not used any more. */
function byInitials(
  came: readonly string[],
  known: readonly string[],
  staying: readonly string[],
): Respelling | null {
  const still = new Set(staying);
  const gone = known.filter((level) => !still.has(level));
  const initialsOf = (level: string): string => {
    const words = level.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
    return words.length < MIN_INITIALS
      ? ''
      : words
          .map((word) => word[0])
          .join('')
          .toLowerCase();
  };
  const pairs = came.flatMap((level): [string, string][] => {
    const short = level.replaceAll('.', '').toLowerCase();
    const fits = gone.filter(
      (old) => initialsOf(old) === short || initialsOf(level) === old.replaceAll('.', '').toLowerCase(),
    );
    return fits.length === 1 ? [[fits[0]!, level]] : [];
  });
  return pairs.length === 0
    ? null
    : { pairs, way: 'by its initials, and the long name is not used any more' };
}

const NONE: ReadonlySet<string> = new Set();

/** What becomes of a text that is read in another encoding than it was written in, once or twice, or written without it. */
function garbled(level: string): ReadonlySet<string> {
  if (ASCII_ONLY.test(level)) return NONE;
  const misread = (text: string): string[] => {
    const bytes = new TextEncoder().encode(text);
    return [new TextDecoder('windows-1252').decode(bytes), String.fromCharCode(...bytes)];
  };
  const once = misread(level);
  const inBytes = (mark: string): string =>
    level.replaceAll(BEYOND_ASCII, (letter) => mark.repeat(new TextEncoder().encode(letter).length));
  const marks = ['?', '\uFFFD', '_'];
  const lost = marks.flatMap((mark) => [level.replaceAll(BEYOND_ASCII, mark), inBytes(mark)]);
  return new Set([...once, ...once.flatMap(misread), ...lost]);
}

/** Everywhere that a known level stands in another text: the A of `GRADE_A` is its last. */
function placesIn(text: string, level: string): [string, number][] {
  const places: [string, number][] = [];
  if (level === '' || level === text) return places;
  for (let at = text.indexOf(level); at >= 0; at = text.indexOf(level, at + 1)) places.push([level, at]);
  return places;
}

function affixed(came: readonly string[], known: readonly string[]): Respelling | null {
  const [first] = came;
  if (first === undefined || came.length < MIN_AFFIXED_LEVELS) return null;
  const isKnown = new Set(known);
  for (const [old, at] of known.flatMap((level) => placesIn(first, level))) {
    const [head, tail] = [first.slice(0, at), first.slice(at + old.length)];
    const stripped = came.map((level) => inner(level, head, tail));
    if (!stripped.every((level) => level !== null && isKnown.has(level))) continue;
    const pairs = came.map((level, i): [string, string] => [stripped[i] ?? '', level]);
    if (pairs.some(([level]) => joinsDigits(head, level, tail))) continue;
    if (known.some((level) => isKnown.has(inner(level, head, tail) ?? head + level + tail))) continue;
    const piece =
      tail === ''
        ? `"${head}" before them`
        : `"${head === '' ? tail : `${head}…${tail}`}" ${head === '' ? 'behind' : 'around'} them`;
    return { pairs, way: `all with ${piece}, as no known level has` };
  }
  return null;
}

/** The same where letters changed their case on the way, and no two levels differ by that. */
function affixedInOtherCase(came: readonly string[], known: readonly string[]): Respelling | null {
  const [nameOfCame, nameOfKnown] = [byLowerCase(came), byLowerCase(known)];
  if (nameOfCame.size < came.length || nameOfKnown.size < known.length) return null;
  const found = affixed([...nameOfCame.keys()], [...nameOfKnown.keys()]);
  return (
    found && {
      pairs: found.pairs.map(([old, level]) => [nameOfKnown.get(old) ?? old, nameOfCame.get(level) ?? level]),
      way: `${found.way}, in other letters`,
    }
  );
}

const byLowerCase = (levels: readonly string[]): Map<string, string> =>
  new Map(levels.map((level) => [level.toLowerCase(), level]));

function inner(level: string, head: string, tail: string): string | null {
  const isLonger = level.length > head.length + tail.length;
  return isLonger && level.startsWith(head) && level.endsWith(tail)
    ? level.slice(head.length, level.length - tail.length)
    : null;
}

/** A digit more makes another number. */
function joinsDigits(head: string, level: string, tail: string): boolean {
  return /\d$/.test(head) && /^\d/.test(level) ? true : /\d$/.test(level) && /^\d/.test(tail);
}

function cutOff(
  came: readonly string[],
  known: readonly string[],
  staying: readonly string[],
): Respelling | null {
  const length = came[0]?.length ?? 0;
  if (came.length < MIN_AFFIXED_LEVELS || length < MIN_CUT_LENGTH) return null;
  if (came.some((level) => level.length !== length)) return null;
  const cut = came.map((level) =>
    known.filter(
      (other) => other.length > length && other.startsWith(level) && !isWithinNumber(level, other[length]!),
    ),
  );
  if (cut.some((longer) => longer.length === 0)) return null;
  // Several may become one, and names are made of numbers: then nothing longer may be left.
  const isPlain = came.every((level, i) => cut[i]!.length === 1 && !/\d/.test(level));
  if (!isPlain && (came.length < MIN_CUT_LEVELS || staying.some((level) => level.length > length)))
    return null;
  const pairs = came.map((level, i): [string, string] => [cut[i]![0] ?? '', level]);
  return { pairs, way: `cut off after ${length} letters` };
}

const isWithinNumber = (level: string, next: string): boolean => /\d$/.test(level) && /\d/.test(next);

const MIN_SLIP_LENGTH = 5;

/** Whether two words differ in one letter, more, less or other, or in two that changed places. A digit makes another number. */
export function isSlip(a: string, b: string): boolean {
  if (a === b || Math.min(a.length, b.length) < MIN_SLIP_LENGTH || /\d/.test(a + b)) return false;
  let from = 0;
  while (from < a.length && a[from] === b[from]) from++;
  const [restA, restB] = [a.slice(from), b.slice(from)];
  const isOther = restA.slice(1) === restB.slice(1);
  const isMore = restA.slice(1) === restB || restA === restB.slice(1);
  const isSwapped = restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2);
  return isOther || isMore || isSwapped;
}
