import type { SchemaReader, SchemaUnusable } from '../core/events/schema-reader.ts';
import type { SchemaReference } from './schema-reference.ts';

/** Where schemas come from; `src/ingest/registry` asks a registry over HTTP. */
export interface SchemaSource {
  /**
   * Fetches what is not known yet. Rejects when the registry cannot be asked: that is an outage, and the records are
   * to be read again. A schema the registry does not have is no outage.
   */
  load(references: ReadonlySet<SchemaReference>): Promise<void>;
  /** Undefined: not loaded, or forgotten since. */
  get(reference: SchemaReference): SchemaReader | SchemaUnusable | undefined;
}
