import type { Draws } from './draws.ts';
import type { Fed, Row } from './family.ts';

/** A row on its way through the pipeline. */
export type FedOf<R extends Row> = { readonly [K in keyof R]: R[K] | null } & Fed;

/** What is different about the current rows; nothing given is nothing changed. */
export interface WorldChange<R extends Row = Row> {
  /** How a row is drawn, given one as the reference would have it. */
  inputs?(row: R, draw: Draws): R;
  /** Chance of meeting such a row at all, 0 to 1. */
  admit?(row: R): number;
  /** Chance of meeting a row with this label: 1 or 0, in regression the number. */
  keep?(label: number): number;
  /** What the truth becomes: the index of a row, log odds or the scaled mean of the label. */
  concept?(index: number, row: R): number;
  /** What the pipeline makes of a row before model and log see it. */
  pipeline?(row: FedOf<R>, draw: Draws): FedOf<R>;
  /** Share of the window after which the pipeline breaks; absent: it was broken from the start. */
  readonly breaksAt?: number;
}
