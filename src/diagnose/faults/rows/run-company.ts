/** What other columns say of rows that all have one value. */
export interface CompanyOfRun {
  /** A column that is not what it is in rows of a value, though it is what it always was. */
  readonly strangerTo: (code: number) => string | null;
  /**
   * A column that in these rows is what it is in rows of a value, and not what it always was; where the reference has no order
   * also one that only moved that way.
   */
  readonly kinOf: (code: number, rows: Int32Array, isOrderKnown: boolean) => string | null;
  /** A column that drives this one to the end it stays at; asked of values whose company is not known. */
  readonly endOf: (code: number, rows: Int32Array) => string | null;
  /** Of how many spells these rows are, where the value stays in rows of one kind that come by turns with others. */
  readonly spellsOf: (code: number, rows: Int32Array) => number;
  /** Whether another column says that so many rows have the value now. */
  readonly isExplained: (code: number) => boolean;
  /** A column that the values go with and that is what it always was, or not what it is in rows of this value, as it would not be were all rows of it. */
  readonly goesOnWith: (code: number) => string | null;
}

/** Of a column that is looked at by itself. */
export const STRANGERS_TO_NOBODY: CompanyOfRun = {
  strangerTo: () => null,
  kinOf: () => null,
  endOf: () => null,
  spellsOf: () => Infinity,
  isExplained: () => false,
  goesOnWith: () => null,
};
