/** Rows are thinned before a question would take too long. */
import { drawOfAll } from '../samples/picks.ts';
import { selectRows } from '../samples/row-samples.ts';
import type { RowSamples } from '../samples/row-samples.ts';
import { roughColumns } from './basis-terms.ts';
import { MAX_COLUMNS, MAX_PRODUCT_COLUMNS } from './design-matrix.ts';
import type { Richness } from './design-matrix.ts';

/** Row × column² products one question may cost; beyond, rows are thinned. About two seconds. */
const MAX_WORK: Readonly<Record<Richness, number>> = { full: 6e8, lean: 1e8 };

interface Affordable {
  readonly samples: RowSamples;
  /** Those of all, reference first; null: all of them. */
  readonly rows: Float64Array | null;
}

/** As many rows as so many responses may cost. */
export function affordable(all: RowSamples, responses: number, richness: Richness): Affordable {
  const { reference, current } = all.rows;
  const columns = Math.min(MAX_COLUMNS, roughColumns(all) + MAX_PRODUCT_COLUMNS);
  const work = (reference + current) * columns ** 2 * responses;
  if (work <= MAX_WORK[richness]) return { samples: all, rows: null };
  const most = Math.ceil(((reference + current) * MAX_WORK[richness]) / work);
  // Two samples tell most of each other where they are alike in size.
  const ofCurrent = Math.min(current, Math.max(most >> 1, most - reference));
  const referenceRows = drawOfAll(reference, Math.min(reference, most - ofCurrent));
  const currentRows = drawOfAll(current, ofCurrent);
  return {
    samples: selectRows(all, referenceRows, currentRows),
    rows: Float64Array.from([...referenceRows, ...currentRows.map((row) => reference + row)]),
  };
}
