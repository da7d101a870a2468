import type { ByteReader, ByteWriter } from '../bytes.ts';
import type { CompensatedSums } from '../compensated.ts';

/** Sums in the places of a grid: how many are not zero, then of each the step from the one before and its digits. */
export function encodeSums(writer: ByteWriter, sums: CompensatedSums): void {
  let count = 0;
  for (let i = 0; i < sums.high.length; i++) if (sums.high[i] !== 0 || sums.low[i] !== 0) count += 1;
  writer.unsigned(count);
  let next = 0;
  for (let i = 0; i < sums.high.length; i++) {
    const high = sums.high[i] ?? 0;
    const low = sums.low[i] ?? 0;
    if (high === 0 && low === 0) continue;
    writer.unsigned((i - next) * 2 + (low === 0 ? 0 : 1));
    writer.float(high);
    if (low !== 0) writer.float(low);
    next = i + 1;
  }
}

export function decodeSums(reader: ByteReader, into: CompensatedSums): void {
  const count = reader.count(9);
  let at = 0;
  for (let k = 0; k < count; k++) {
    const header = reader.unsigned();
    at += Math.floor(header / 2);
    if (at >= into.high.length) throw new RangeError('sum outside its grid');
    into.high[at] = reader.float();
    if (header % 2 === 1) into.low[at] = reader.float();
    at += 1;
  }
}
