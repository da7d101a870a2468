import type { RecordList } from './log-source.ts';

/** Index of the first record at an offset or behind it. */
export function firstFrom(records: RecordList, offset: bigint): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((records.at(middle)?.offset ?? offset) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
