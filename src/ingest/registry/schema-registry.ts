import type { Clock } from '../../core/clock.ts';
import { MINUTE_MS } from '../../core/clock.ts';
import { errorMessage } from '../../core/errors.ts';
import type { SchemaReader, SchemaUnusable } from '../../core/events/schema-reader.ts';
import { avroReader } from './avro-reader.ts';
import { protobufReader } from './protobuf-reader.ts';
import type { RegisteredSchema, RegistryOptions, SchemaPlace } from './registry-client.ts';
import { fetchSchema, subjectPlace } from './registry-client.ts';

type Known = SchemaReader | SchemaUnusable;

/** Schemas never change under their id, so what was read once is kept while there is room. */
const MAX_SCHEMAS = 1_000;
const MAX_REFERENCES = 200;
const CONCURRENT = 4;
/** A schema that is missing may be registered any moment; asking for each message would flood the registry. */
const ASK_AGAIN_AFTER_MS = MINUTE_MS;

/**
 * The schemas of a registry that speaks Confluent's HTTP protocol, kept in memory. Fits the port `SchemaSource` of
 * `src/decode`. Bounded: 1,000 schemas, the ones used longest ago are forgotten.
 */
export class SchemaRegistry {
  readonly #options: RegistryOptions;
  readonly #clock: Clock;
  readonly #maxSchemas: number;
  /** The one used last stands last. */
  readonly #known = new Map<string, { readonly schema: Known; readonly askAgainAtMs: number }>();
  readonly #pending = new Map<string, Promise<void>>();

  constructor(options: RegistryOptions, clock: Clock, maxSchemas: number = MAX_SCHEMAS) {
    this.#maxSchemas = maxSchemas;
    this.#options = options;
    this.#clock = clock;
  }

  /** Fetches what is not known yet. Rejects with `RegistryUnavailable`; what has arrived by then stays known. */
  async load(references: ReadonlySet<string>): Promise<void> {
    const nowMs = this.#clock.nowMs();
    const wanted = [...references].filter(
      (reference) => (this.#known.get(reference)?.askAgainAtMs ?? 0) <= nowMs,
    );
    // All of one call must be there at once, however many they are.
    const room = Math.max(this.#maxSchemas, references.size);
    const asking = Array.from({ length: Math.min(CONCURRENT, wanted.length) }, async () => {
      for (let next = wanted.pop(); next !== undefined; next = wanted.pop()) await this.#fetchOnce(next);
    });
    await Promise.all(asking);
    for (const reference of references) this.#use(reference);
    for (const [reference] of this.#known) {
      if (this.#known.size <= room) break;
      this.#known.delete(reference);
    }
  }

  get(reference: string): Known | undefined {
    return this.#known.get(reference)?.schema;
  }

  #use(reference: string): void {
    const known = this.#known.get(reference);
    if (known === undefined) return;
    this.#known.delete(reference);
    this.#known.set(reference, known);
  }

  /** Partitions meet a new schema at the same time. */
  async #fetchOnce(reference: string): Promise<void> {
    let pending = this.#pending.get(reference);
    if (pending === undefined) {
      pending = this.#fetch(reference).finally(() => this.#pending.delete(reference));
      this.#pending.set(reference, pending);
    }
    await pending;
  }

  async #fetch(reference: string): Promise<void> {
    const found = await fetchSchema(this.#options, reference);
    const schema = found === null ? null : await this.#reader(found);
    if (schema !== null && !('unusable' in schema)) {
      this.#known.set(reference, { schema, askAgainAtMs: Number.POSITIVE_INFINITY });
      return;
    }
    const unusable = schema?.unusable ?? 'the registry does not have it';
    const askAgainAtMs = this.#clock.nowMs() + ASK_AGAIN_AFTER_MS;
    this.#known.set(reference, { schema: { unusable }, askAgainAtMs });
  }

  async #reader(schema: RegisteredSchema): Promise<Known> {
    if (schema.type === 'JSON') return { type: 'JSON', read: null };
    if (schema.type !== 'AVRO' && schema.type !== 'PROTOBUF') {
      return {
        unusable: `its type ${schema.type.slice(0, 40)} is not read; read are AVRO, PROTOBUF and JSON`,
      };
    }
    const referenced = await this.#referenced(schema);
    if (referenced === null) return { unusable: 'a schema it refers to is missing, or there are too many' };
    try {
      return schema.type === 'AVRO' ? avroReader(schema, referenced) : protobufReader(schema, referenced);
    } catch (error) {
      return { unusable: `it cannot be read: ${errorMessage(error)}` };
    }
  }

  /** By the name that refers to them, each behind those it needs itself. Null when one is missing. */
  async #referenced(schema: RegisteredSchema): Promise<ReadonlyMap<string, RegisteredSchema> | null> {
    const found = new Map<string, RegisteredSchema>();
    const begun = new Set<SchemaPlace>();
    const collect = async ({ references }: RegisteredSchema): Promise<boolean> => {
      for (const reference of references) {
        const place = subjectPlace(reference);
        if (begun.has(place)) continue;
        begun.add(place);
        if (begun.size > MAX_REFERENCES) return false;
        const needed = await fetchSchema(this.#options, place);
        if (needed === null || !(await collect(needed))) return false;
        found.set(reference.name, needed);
      }
      return true;
    };
    return (await collect(schema)) ? found : null;
  }
}
