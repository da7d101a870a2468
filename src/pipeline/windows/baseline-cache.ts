import { createHash } from 'node:crypto';
import type { Table } from '../../core/table.ts';
import { inCanonicalOrder } from '../../stats/table/canonical-rows.ts';
import { segmentReference } from '../../stats/table/segment-reference.ts';
import type { ReferenceProfile } from '../../stats/profile/feature-reference.ts';
import { decodeReference } from '../../stats/profile/reference-codec.ts';
import { decodeTable } from '../../stats/table-codec.ts';

export interface StoredBaseline {
  readonly profile: Uint8Array;
  readonly sample: Uint8Array | null;
}

export interface Baseline {
  readonly reference: ReferenceProfile;
  readonly rows: Table | null;
}

/**
 * Encoded bytes of all baselines a thread keeps; decoded they are about as large again, twice with segments, and what the
 * diagnosis keeps with them (sorted values, ranks) is four times as large.
 */
const MOST_BYTES = 16 * 2 ** 20;

/**
 * Of the segments a baseline keeps, the first that come; the others are made anew for each window. With what the diagnosis keeps
 * of them some 80 bytes a cell: 16 MB.
 */
const MOST_SEGMENT_CELLS = 200_000;

/**
 * Baselines as objects, by what they hold. Windows of one model come again and again, and what is learned from a
 * baseline (its segments, a model of its errors) is kept with the object.
 */
export class BaselineCache {
  private readonly kept = new Map<string, { readonly baseline: OpenBaseline; readonly bytes: number }>();
  private readonly mostBytes: number;
  private bytes = 0;

  constructor(mostBytes: number = MOST_BYTES) {
    this.mostBytes = mostBytes;
  }

  open(stored: StoredBaseline): OpenBaseline {
    const key = keyOf(stored);
    const known = this.kept.get(key);
    const entry = known ?? {
      baseline: new OpenBaseline(stored),
      bytes: stored.profile.length + (stored.sample?.length ?? 0),
    };
    // Last in, last out.
    this.kept.delete(key);
    this.kept.set(key, entry);
    if (known === undefined) this.bytes += entry.bytes;
    this.forgetOldest(key);
    return entry.baseline;
  }

  /** Encoded bytes of all that are kept. */
  get size(): number {
    return this.bytes;
  }

  /** For a process that holds much already. */
  forget(): void {
    this.kept.clear();
    this.bytes = 0;
  }

  private forgetOldest(newest: string): void {
    for (const [key, { bytes }] of this.kept) {
      if (this.bytes <= this.mostBytes || key === newest) return;
      this.kept.delete(key);
      this.bytes -= bytes;
    }
  }
}

export class OpenBaseline implements Baseline {
  readonly reference: ReferenceProfile;
  readonly rows: Table | null;
  private readonly segments = new Map<string, Baseline | null>();
  private readonly mostCells: number;
  /** Of the segments that are kept. */
  private cells = 0;

  constructor({ profile, sample }: StoredBaseline, mostCells: number = MOST_SEGMENT_CELLS) {
    this.mostCells = mostCells;
    this.reference = decodeReference(profile);
    this.rows = sample === null ? null : inCanonicalOrder(decodeTable(sample));
  }

  /** Null: too few of its rows are in the sample. */
  ofSegment(segment: string): Baseline | null {
    const known = this.segments.get(segment);
    if (known !== undefined) return known;
    const found = this.rows === null ? null : segmentReference(segment, this.reference, this.rows);
    const isOfAll = found?.rows.rows === this.rows?.rows;
    // One of all rows has the columns of the baseline.
    const cells = found === null || isOfAll ? 0 : found.rows.rows * found.rows.features.length;
    if (this.cells + cells <= this.mostCells) {
      this.cells += cells;
      this.segments.set(segment, found);
    }
    return found;
  }
}

/** Those of this thread. */
export const threadBaselines = new BaselineCache();

function keyOf({ profile, sample }: StoredBaseline): string {
  const hash = createHash('sha256').update(profile);
  if (sample !== null) hash.update(sample);
  return hash.digest('base64');
}
