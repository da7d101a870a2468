/**
 * The highest event time of each model in one log, as far as it has been read: what decides whether the next row is
 * late. It is stored with the log's position, so whoever continues from there decides alike.
 */
export class EventTimes {
  readonly #times: Map<number, { highestMs: number; seen: boolean }>;

  constructor(highestMs: ReadonlyMap<number, number> = new Map()) {
    this.#times = new Map([...highestMs].map(([model, ms]) => [model, { highestMs: ms, seen: false }]));
  }

  /** -Infinity: nothing of the model has been read yet. */
  highestMs(modelId: number): number {
    return this.#times.get(modelId)?.highestMs ?? -Infinity;
  }

  see(modelId: number, timestampMs: number): void {
    const time = this.#times.get(modelId);
    if (time === undefined) this.#times.set(modelId, { highestMs: timestampMs, seen: true });
    else {
      time.seen = true;
      if (timestampMs > time.highestMs) time.highestMs = timestampMs;
    }
  }

  /** Models that something was read of since these times began, and their highest. */
  get seen(): Map<number, number> {
    return new Map([...this.#times].flatMap(([model, time]) => (time.seen ? [[model, time.highestMs]] : [])));
  }

  /** These times, for what follows in the log. */
  next(): EventTimes {
    return new EventTimes(new Map([...this.#times].map(([model, { highestMs }]) => [model, highestMs])));
  }
}

/** For events that stand in no log any more: nothing came before them, so none is late. */
export class NoEventTimes extends EventTimes {
  override highestMs(): number {
    return -Infinity;
  }

  override next(): EventTimes {
    return new NoEventTimes();
  }
}
