import { STRAY_TEXT } from '../../core/events/flat-row.ts';
import type { CountingKernel } from '../../kernel/kernel.ts';
import { TextColumn, type TextRoom } from './text-column.ts';

/** The keys of an object as they are spelled, and what each is for: a slot, or one of the `KEY_` numbers. */
export class KeyTable {
  readonly spelled: TextColumn;
  /** By code. */
  readonly uses: number[] = [];
  readonly #known = new Set<string>();

  constructor(kernel: CountingKernel, room: TextRoom) {
    this.spelled = new TextColumn(kernel, room);
  }

  has(spelled: Uint8Array): boolean {
    return this.#known.has(latin1(spelled));
  }

  /** A key that it does not have. False: there is no room for it. */
  add(spelled: Uint8Array, use: number): boolean {
    if (this.spelled.learn(spelled, latin1(spelled)) === STRAY_TEXT) return false;
    this.#known.add(latin1(spelled));
    this.uses.push(use);
    return true;
  }

  /** What was for one thing is for another from now on. */
  turn(from: number, to: number): void {
    for (const [code, use] of this.uses.entries()) if (use === from) this.uses[code] = to;
  }
}

/** Bytes as a key of a set. */
function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
