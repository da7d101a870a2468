/**
 * The ids met lately, as 64-bit hashes: at least the last `capacity` different ones, and at most twice as many. Two
 * generations of open-addressed tables: ids go into the young one; when it holds `capacity` it becomes the old one,
 * and what was old is forgotten. No allocation but when a table grows. Memory: 8 bytes a slot, between a quarter
 * and half of them used, and one for what is told to be new at a glance, so 36 to 72 bytes an id of `capacity`.
 */
export class SeenIds {
  readonly #capacity: number;
  #young: HashTable;
  #old: HashTable;

  constructor(capacity: number) {
    this.#capacity = Math.max(1, capacity);
    this.#young = new HashTable();
    this.#old = new HashTable();
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  has(high: number, low: number): boolean {
    return this.#young.has(high, low) || this.#old.has(high, low);
  }

  /** An id met again counts as met now, and is forgotten later. */
  add(high: number, low: number): void {
    if (!this.#young.add(high, low) || this.#young.size < this.#capacity) return;
    this.#old = this.#young;
    this.#young = new HashTable();
  }
}

const FIRST_SLOTS = 1 << 10;

/** Nobody reads it: so that `warm` is not left out. */
const WARMED = new Int32Array(1);
/** So many slots of a table share a word of its filter. */
const SLOTS_A_WORD = 4;

/**
 * A set of 64-bit keys in two halves. Nearly all that is asked for is new, and a table of a million keys lies in memory,
 * not in a cache: a filter of two bits a key, an eighth of the table's size, answers 98 of 100 without it.
 */
export class HashTable {
  #filter: Int32Array;
  #slots: Int32Array;
  #mask: number;
  #hasZero = false;
  /** Keys other than 0, which marks an empty slot. */
  #used = 0;

  /** `expected`: how many keys there will be, about; a table that need not grow is filled faster. */
  constructor(expected = 0) {
    let slots = FIRST_SLOTS;
    while (slots <= 2 * expected) slots *= 2;
    this.#slots = new Int32Array(2 * slots);
    this.#filter = new Int32Array(slots / SLOTS_A_WORD);
    this.#mask = slots - 1;
  }

  get size(): number {
    return this.#used + (this.#hasZero ? 1 : 0);
  }

  has(high: number, low: number): boolean {
    const bits = filterBits(low);
    if (((this.#filter[high & (this.#filter.length - 1)] ?? 0) & bits) !== bits) {
      return high === 0 && low === 0 && this.#hasZero;
    }
    if (high === 0 && low === 0) return this.#hasZero;
    const slots = this.#slots;
    for (let at = low & this.#mask; ; at = (at + 1) & this.#mask) {
      const storedLow = slots[2 * at];
      const storedHigh = slots[2 * at + 1];
      if (storedLow === low && storedHigh === high) return true;
      if (storedLow === 0 && storedHigh === 0) return false;
    }
  }

  /**
   * Looks at where keys would lie, all in a row, so that the memory is asked for all of them at once and not for one after
   * the other when they are added.
   */
  warm(lows: Int32Array, count: number): void {
    const slots = this.#slots;
    let seen = 0;
    for (let i = 0; i < count; i++) seen ^= slots[2 * ((lows[i] ?? 0) & this.#mask)] ?? 0;
    WARMED[0] = seen;
  }

  /** False: it was there already. */
  add(high: number, low: number): boolean {
    if (high === 0 && low === 0) {
      const isNew = !this.#hasZero;
      this.#hasZero = true;
      return isNew;
    }
    if (!place(this.#slots, this.#mask, high, low)) return false;
    this.#note(high, low);
    this.#used += 1;
    if (2 * this.#used > this.#mask) this.#grow();
    return true;
  }

  #note(high: number, low: number): void {
    const at = high & (this.#filter.length - 1);
    this.#filter[at] = (this.#filter[at] ?? 0) | filterBits(low);
  }

  clear(): void {
    this.#slots.fill(0);
    this.#filter.fill(0);
    this.#hasZero = false;
    this.#used = 0;
  }

  #grow(): void {
    const before = this.#slots;
    this.#mask = 2 * this.#mask + 1;
    this.#slots = new Int32Array(2 * before.length);
    this.#filter = new Int32Array((this.#mask + 1) / SLOTS_A_WORD);
    for (let i = 0; i < before.length; i += 2) {
      const low = before[i] ?? 0;
      const high = before[i + 1] ?? 0;
      if (low === 0 && high === 0) continue;
      place(this.#slots, this.#mask, high, low);
      this.#note(high, low);
    }
  }
}

function place(slots: Int32Array, mask: number, high: number, low: number): boolean {
  for (let at = low & mask; ; at = (at + 1) & mask) {
    const storedLow = slots[2 * at];
    const storedHigh = slots[2 * at + 1];
    if (storedLow === low && storedHigh === high) return false;
    if (storedLow === 0 && storedHigh === 0) {
      slots[2 * at] = low;
      slots[2 * at + 1] = high;
      return true;
    }
  }
}

/** Two of 32 bits, by the ten highest of a hash: its lowest choose the slot, the other half's the word. */
function filterBits(low: number): number {
  return (1 << (low >>> 27)) | (1 << ((low >>> 22) & 31));
}
