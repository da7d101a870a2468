// The first half of MurmurHash3's 128 bits for 32-bit machines (Austin Appleby, public domain), seed 0.

/** Of the id hashed last. */
export let low: u32 = 0;
export let high: u32 = 0;

/** May look at 16 bytes behind the id. */
export function hashId(from: usize, to: usize): void {
  const length = <u32>(to - from);
  let h1: u32 = 0;
  let h2: u32 = 0;
  let h3: u32 = 0;
  let h4: u32 = 0;
  let p = from;
  for (; p + 16 <= to; p += 16) {
    h1 ^= mix1(load<u32>(p));
    h1 = (rotl<u32>(h1, 19) + h2) * 5 + 0x561ccd1b;
    h2 ^= mix2(load<u32>(p + 4));
    h2 = (rotl<u32>(h2, 17) + h3) * 5 + 0x0bcaa747;
    h3 ^= mix3(load<u32>(p + 8));
    h3 = (rotl<u32>(h3, 15) + h4) * 5 + 0x96cd1c35;
    h4 ^= mix4(load<u32>(p + 12));
    h4 = (rotl<u32>(h4, 13) + h1) * 5 + 0x32ac3b17;
  }
  const left = to - p;
  if (left > 12) h4 ^= mix4(word(p + 12, left - 12));
  if (left > 8) h3 ^= mix3(word(p + 8, left - 8));
  if (left > 4) h2 ^= mix2(word(p + 4, left - 4));
  if (left > 0) h1 ^= mix1(word(p, left));
  h1 ^= length;
  h2 ^= length;
  h3 ^= length;
  h4 ^= length;
  h1 += h2 + h3 + h4;
  h2 += h1;
  h3 += h1;
  h4 += h1;
  h1 = finish(h1);
  h2 = finish(h2);
  h3 = finish(h3);
  h4 = finish(h4);
  h1 += h2 + h3 + h4;
  h2 += h1;
  low = h1;
  high = h2;
}

/** Of the next four bytes those that belong to the id. */
function word(p: usize, left: usize): u32 {
  const bytes = load<u32>(p);
  return left >= 4 ? bytes : bytes & ((1 << (<u32>left << 3)) - 1);
}

function mix1(k: u32): u32 {
  return rotl<u32>(k * 0x239b961b, 15) * 0xab0e9789;
}
function mix2(k: u32): u32 {
  return rotl<u32>(k * 0xab0e9789, 16) * 0x38b34ae5;
}
function mix3(k: u32): u32 {
  return rotl<u32>(k * 0x38b34ae5, 17) * 0xa1e38b93;
}
function mix4(k: u32): u32 {
  return rotl<u32>(k * 0xa1e38b93, 18) * 0x239b961b;
}

function finish(value: u32): u32 {
  let h = value;
  h = (h ^ (h >> 16)) * 0x85ebca6b;
  h = (h ^ (h >> 13)) * 0xc2b2ae35;
  return h ^ (h >> 16);
}
