// JSON strings: where they end, whether their bytes are UTF-8, and the texts a column has held.

const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;
const SPACE: u32 = 0x20;
const LETTER_U: u32 = 0x75;

/** Of the string scanned last: it has escapes, or a byte from 0x80 up. */
export let escaped: bool = false;
export let beyondAscii: bool = false;

/**
 * The closing quote of the string whose first byte is at `at`, or 0. Strict: control characters and wrong escapes end
 * the scan, as they end `JSON.parse`. May look at 16 bytes behind `end`.
 */
export function endOfText(at: usize, end: usize): usize {
  escaped = false;
  beyondAscii = false;
  let p = at;
  while (p < end) {
    const bytes = v128.load(p);
    const stops = v128.or(
      v128.or(i8x16.eq(bytes, i8x16.splat(<i8>QUOTE)), i8x16.eq(bytes, i8x16.splat(<i8>BACKSLASH))),
      i8x16.lt_u(bytes, i8x16.splat(<i8>SPACE)),
    );
    const mask = i8x16.bitmask(stops);
    const high = i8x16.bitmask(bytes);
    if (mask == 0) {
      beyondAscii = beyondAscii || high != 0;
      p += 16;
      continue;
    }
    const before = ctz(mask);
    beyondAscii = beyondAscii || (high & ((1 << before) - 1)) != 0;
    p += before;
    if (p >= end) return 0;
    const byte = <u32>load<u8>(p);
    if (byte == QUOTE) return p;
    if (byte < SPACE) return 0;
    escaped = true;
    p = endOfEscape(p + 1, end);
    if (p == 0) return 0;
  }
  return 0;
}

function endOfEscape(at: usize, end: usize): usize {
  if (at >= end) return 0;
  const kind = <u32>load<u8>(at);
  if (kind != LETTER_U) return isShortEscape(kind) ? at + 1 : 0;
  if (at + 5 > end) return 0;
  for (let i: usize = 1; i <= 4; i++) {
    const byte = <u32>load<u8>(at + i);
    if (byte - 0x30 > 9 && (byte | 0x20) - 0x61 > 5) return 0;
  }
  return at + 5;
}

/** " \ / b f n r t */
function isShortEscape(kind: u32): bool {
  switch (kind) {
    case 0x22: case 0x5c: case 0x2f: case 0x62: case 0x66: case 0x6e: case 0x72: case 0x74:
      return true;
    default:
      return false;
  }
}

/** No surrogates, nothing overlong, nothing beyond U+10FFFF. */
export function isUtf8(from: usize, to: usize): bool {
  let p = from;
  while (p < to) {
    const byte = <u32>load<u8>(p);
    if (byte < 0x80) {
      p++;
      continue;
    }
    let more: usize;
    let least: u32 = 0x80;
    let most: u32 = 0xbf;
    if (byte >= 0xc2 && byte <= 0xdf) more = 1;
    else if (byte >= 0xe0 && byte <= 0xef) {
      more = 2;
      if (byte == 0xe0) least = 0xa0;
      if (byte == 0xed) most = 0x9f;
    } else if (byte >= 0xf0 && byte <= 0xf4) {
      more = 3;
      if (byte == 0xf0) least = 0x90;
      if (byte == 0xf4) most = 0x8f;
    } else return false;
    if (p + more >= to) return false;
    const second = <u32>load<u8>(p + 1);
    if (second < least || second > most) return false;
    for (let i: usize = 2; i <= more; i++) if ((<u32>load<u8>(p + i) & 0xc0) != 0x80) return false;
    p += more + 1;
  }
  return true;
}

/**
 * The texts of a column: places in a table of codes (−1: none) by hash, hashes and ends of texts by code, the bytes of
 * all texts, and by code whether it means an empty class.
 */
@unmanaged
export class TextTable {
  places: usize;
  mask: u32;
  count: u32;
  hashes: usize;
  ends: usize;
  bytes: usize;
  blanks: usize;
  /** No text gets a code any more. */
  full: u32;
  longest: u32;
}

export function hashText(from: usize, length: usize): u32 {
  let hash: u64 = 0x9e3779b97f4a7c15 ^ <u64>length;
  let p = from;
  let left = length;
  for (; left >= 8; left -= 8, p += 8) {
    hash = (hash ^ load<u64>(p)) * 0x9fb21c651e98df25;
    hash ^= hash >> 29;
  }
  if (left > 0) {
    hash = (hash ^ (load<u64>(p) & (((<u64>1) << (left << 3)) - 1))) * 0x9fb21c651e98df25;
    hash ^= hash >> 29;
  }
  return <u32>(hash ^ (hash >> 32));
}

/** The code of a text, or −1. May look at 16 bytes behind it. */
export function codeOf(table: TextTable, from: usize, length: usize, hash: u32): i32 {
  const mask = table.mask;
  let code: i32;
  for (let place = hash & mask; (code = load<i32>(table.places + (<usize>place << 2))) >= 0; place = (place + 1) & mask) {
    if (load<u32>(table.hashes + (<usize>code << 2)) != hash) continue;
    const ends = table.ends + (<usize>code << 2);
    const start = code == 0 ? 0 : load<u32>(ends - 4);
    if (<usize>(load<u32>(ends) - start) == length && isSame(from, table.bytes + start, length)) return code;
  }
  return -1;
}

/** Whether two stretches of bytes are the same. Behind both 16 more may be looked at. */
export function isSame(a: usize, b: usize, length: usize): bool {
  let p = a;
  let q = b;
  let left = length;
  while (left >= 16) {
    if (v128.any_true(v128.xor(v128.load(p), v128.load(q)))) return false;
    p += 16;
    q += 16;
    left -= 16;
  }
  if (left == 0) return true;
  const same = i8x16.bitmask(i8x16.eq(v128.load(p), v128.load(q)));
  const wanted = (1 << <i32>left) - 1;
  return (same & wanted) == wanted;
}

/** Gives a text the next code. There must be room for it everywhere. */
export function addText(table: TextTable, from: usize, length: usize, blank: u32): void {
  const code = table.count++;
  const start = code == 0 ? 0 : load<u32>(table.ends + (<usize>(code - 1) << 2));
  const hash = hashText(from, length);
  memory.copy(table.bytes + start, from, length);
  store<u32>(table.ends + (<usize>code << 2), start + <u32>length);
  store<u32>(table.hashes + (<usize>code << 2), hash);
  store<u8>(table.blanks + <usize>code, <u8>blank);
  placeCode(table, code, hash);
}

/** Fills the places anew, after they have moved. */
export function placeTexts(table: TextTable): void {
  memory.fill(table.places, 0xff, <usize>(table.mask + 1) << 2);
  for (let code: u32 = 0; code < table.count; code++) placeCode(table, code, load<u32>(table.hashes + (<usize>code << 2)));
}

function placeCode(table: TextTable, code: u32, hash: u32): void {
  let place = hash & table.mask;
  while (load<i32>(table.places + (<usize>place << 2)) >= 0) place = (place + 1) & table.mask;
  store<u32>(table.places + (<usize>place << 2), code);
}
