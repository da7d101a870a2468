import { expect } from 'vitest';
import { HOUR_MS } from '../../../src/core/clock.ts';
import type { ModelSpec } from '../../../src/core/model.ts';
import type { Table } from '../../../src/core/table.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../src/decode/limits.ts';
import { createAcceptEvents } from '../../../src/pipeline/intake/accept-events.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { createRandom } from '../../../src/stats/random.ts';
import type { Pool } from '../../../src/store/connection/pool.ts';
import { evaluateDue } from '../../harness/evaluate-due.ts';
import { SegmentRegistry } from '../../../src/window/segments.ts';

export interface Traveller {
  readonly fare: number;
  readonly country: string;
}

/** Fares as they are on any day, and how the hour makes them. */
export function travellers(seed: number, rows: number, extra = 0): Traveller[] {
  const random = createRandom(seed);
  return Array.from({ length: rows }, () => ({
    fare: 50 + 20 * (random() + random() + random()) + extra,
    country: ['DE', 'FR', 'NL'][Math.floor(3 * random())] ?? 'DE',
  }));
}

export function asTable(rows: readonly Traveller[]): Table {
  const levels = ['DE', 'FR', 'NL'];
  return {
    rows: rows.length,
    features: [
      { kind: 'numeric', name: 'fare', values: Float64Array.from(rows, ({ fare }) => fare), invalid: 0 },
      {
        kind: 'categorical',
        name: 'country',
        levels,
        codes: Int32Array.from(rows, ({ country }) => levels.indexOf(country)),
        invalid: 0,
      },
    ],
    prediction: {
      kind: 'categorical',
      name: 'prediction',
      levels: ['approve', 'deny'],
      codes: Int32Array.from(rows, (_, row) => row % 2),
      invalid: 0,
    },
    score: null,
    label: null,
    timestampMs: null,
    predictionId: null,
  };
}

export class Service {
  readonly pool: Pool;
  readonly model: ModelSpec;
  readonly catalog: ModelCatalog;
  #sent = 0;

  private constructor(pool: Pool, model: ModelSpec, catalog: ModelCatalog) {
    this.pool = pool;
    this.model = model;
    this.catalog = catalog;
  }

  static async open(pool: Pool, model: ModelSpec): Promise<Service> {
    return new Service(pool, model, await ModelCatalog.open(pool, [model]));
  }

  /** Rows spread evenly over a window from a moment on. */
  async send(fromMs: number, rows: readonly Traveller[], lastingMs = HOUR_MS): Promise<void> {
    const events = rows.map((features, row) => ({
      type: 'prediction',
      model: this.model.name,
      model_version: '1',
      prediction_id: `t${(this.#sent += 1)}`,
      timestamp: Math.floor(fromMs + (row * lastingMs) / rows.length),
      features,
      prediction: row % 2 === 0 ? 'approve' : 'deny',
    }));
    await this.sendEvents(events, fromMs + 400 * 24 * HOUR_MS);
  }

  async sendEvents(events: readonly unknown[], receivedAtMs: number): Promise<void> {
    const accept = createAcceptEvents({
      pool: this.pool,
      catalog: this.catalog,
      segments: new SegmentRegistry(),
      limits: DEFAULT_DECODE_LIMITS,
      reevaluateAfterMs: 0,
    });
    const body = Buffer.from(events.map((event) => JSON.stringify(event)).join('\n'));
    const answer = await accept({ body, idempotencyKey: null, receivedAtMs });
    expect(answer).toMatchObject({ ok: true, value: { accepted: events.length, dead_letters: [] } });
  }

  /** Closes what has ended and evaluates what is due, oldest first. */
  async evaluateDue(nowMs: number): Promise<void> {
    await evaluateDue(this, nowMs);
  }
}
