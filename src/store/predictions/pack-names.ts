/** Packs of one day, and of most the hash that is looked for in them: a row of those is all that comes then. */
export class PackNames {
  readonly blockIds: number[] = [];
  readonly buckets: number[] = [];
  readonly highs: number[] = [];
  readonly lows: number[] = [];
  /** 1: all of it is asked for. */
  readonly whole: number[] = [];

  get length(): number {
    return this.blockIds.length;
  }

  addRow(blockId: number, bucket: number, high: number, low: number): void {
    this.#add(blockId, bucket, high, low, 0);
  }

  addWhole(blockId: number, bucket: number): void {
    this.#add(blockId, bucket, 0, 0, 1);
  }

  #add(blockId: number, bucket: number, high: number, low: number, whole: 0 | 1): void {
    this.blockIds.push(blockId);
    this.buckets.push(bucket);
    this.highs.push(high);
    this.lows.push(low);
    this.whole.push(whole);
  }
}
