import type { EpochUnit } from '../../core/events/log-mapping.ts';

/** What was noticed about events that are read all the same, so that those who write them can be told. */
export const NOTICES = [
  'epoch_s',
  'epoch_ms',
  'epoch_us',
  'epoch_ns',
  'bare_numbers',
  'dropped_names',
  'surplus_columns',
  'forgotten_columns',
] as const;
export type Notice = (typeof NOTICES)[number];

const EPOCH = { s: 0, ms: 1, us: 2, ns: 3 } as const satisfies Record<EpochUnit, number>;

/** Counted in place: the fast path adds one for each event whose timestamp is a number. */
export class NoticeCounts {
  readonly #counts = new Float64Array(NOTICES.length);

  /** An event whose timestamp was taken for a number of this unit. */
  addEpoch(unit: EpochUnit): void {
    this.#add(EPOCH[unit], 1);
  }

  add(notice: Exclude<Notice, `epoch_${string}`>, count: number): void {
    this.#add(NOTICES.indexOf(notice), count);
  }

  addAll(others: NoticeCounts): void {
    for (let i = 0; i < NOTICES.length; i++) this.#add(i, others.#counts[i] ?? 0);
  }

  /** Those that were noticed at all. */
  entries(): { readonly notice: Notice; readonly count: number }[] {
    return NOTICES.flatMap((notice, i) => {
      const count = this.#counts[i] ?? 0;
      return count === 0 ? [] : [{ notice, count }];
    });
  }

  #add(at: number, count: number): void {
    this.#counts[at] = (this.#counts[at] ?? 0) + count;
  }
}
