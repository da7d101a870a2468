import { PackNames } from '../../store/predictions/pack-names.ts';
import type { IdList } from '../../window/id-list.ts';
import type { PredictionPack } from '../../window/prediction-pack.ts';
import type { FoundRows } from './found-rows.ts';

/** Of a pack in which so many ids are looked for all of it is read. */
const WHOLE_FROM = 4;

/** Packs that are read together, and which ids are looked for in each. */
export class AskedPacks {
  readonly names = new PackNames();
  readonly #ids: IdList;
  /** Indices of ids, pack by pack. */
  readonly #members: number[] = [];
  /** By name: where its members end. */
  readonly #ends: number[] = [];

  constructor(ids: IdList) {
    this.#ids = ids;
  }

  /** How many ids are looked for. */
  get ids(): number {
    return this.#members.length;
  }

  /** `some`: indices of all ids that are looked for in this pack. */
  add(blockId: number, bucket: number, some: Int32Array): void {
    const isWhole = some.length >= WHOLE_FROM;
    if (isWhole) this.names.addWhole(blockId, bucket);
    for (let i = 0; i < some.length; i++) {
      const index = some[i] ?? 0;
      if (!isWhole) this.names.addRow(blockId, bucket, this.#ids.high(index), this.#ids.low(index));
      this.#members.push(index);
      if (!isWhole) this.#ends.push(this.#members.length);
    }
    if (isWhole) this.#ends.push(this.#members.length);
  }

  /** Notes what was looked for in a pack that has come. */
  note(name: number, pack: PredictionPack, found: FoundRows): void {
    for (let i = this.#ends[name - 1] ?? 0; i < (this.#ends[name] ?? 0); i++) {
      const index = this.#members[i] ?? 0;
      const row = pack.find(this.#ids.high(index), this.#ids.low(index));
      if (row >= 0) found.note(index, pack, row);
    }
  }
}
