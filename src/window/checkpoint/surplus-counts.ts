import { LONGEST_SURPLUS_NAME, NAMED_SURPLUS, type SurplusOfModel } from '../../core/events/surplus.ts';

/** Values that were left out of events because their model has all the columns it may have. */
export class SurplusCounts {
  readonly #models = new Map<number, { dropped: number; readonly names: Set<string> }>();

  add(modelId: number, columns: readonly string[]): void {
    let counted = this.#models.get(modelId);
    if (counted === undefined) {
      counted = { dropped: 0, names: new Set() };
      this.#models.set(modelId, counted);
    }
    counted.dropped += columns.length;
    for (let i = 0; i < columns.length && counted.names.size < NAMED_SURPLUS; i++) {
      counted.names.add(shortName(columns[i] ?? ''));
    }
  }

  entries(): SurplusOfModel[] {
    return [...this.#models].map(([modelId, { dropped, names }]) => ({
      modelId,
      dropped,
      names: [...names],
    }));
  }
}

export function shortName(name: string): string {
  if (name.length <= LONGEST_SURPLUS_NAME) return name;
  return `${name.slice(0, LONGEST_SURPLUS_NAME - 1).toWellFormed()}…`;
}
