// What a message looked like, and the columns its rows are read into. `src/kernel/structs.ts` writes the same fields.

export const SLOT_CLASS: u32 = 1;
export const SLOT_RANGE: u32 = 2;

export const CELL_NULL: u8 = 0;
export const CELL_NUMBER: u8 = 1;
export const CELL_TEXT: u8 = 2;
export const CELL_TRUE: u8 = 3;
export const CELL_FALSE: u8 = 4;
/** An object or an array. */
export const CELL_INVALID: u8 = 5;
/** The message does not name the column. */
export const CELL_ABSENT: u8 = 6;

export const STRAY_TEXT: i32 = -1;

/** Flags of a row. */
export const HAS_ID: u32 = 1;
/** Its time is spelled in another way: whoever reads the row parses it. */
export const ASKS_TIME: u32 = 2;
/** Its class has no code. */
export const ASKS_CLASS: u32 = 4;
/** A number is to be filled in. */
export const ASKS_NUMBER: u32 = 8;
/** Its message has an object of features, even an empty one. */
export const HAS_FEATURES: u32 = 16;

/** What a key is for, where that is no slot. */
export const KEY_SKIPPED: i32 = -2;
/** Messages that have it are left to others. */
export const KEY_LEFT: i32 = -3;
export const KEY_TYPE: i32 = -4;
export const KEY_MODEL: i32 = -5;
export const KEY_VERSION: i32 = -6;
export const KEY_FEATURES: i32 = -7;
export const KEY_TAGS: i32 = -8;
export const KEY_PROBABILITIES: i32 = -9;
export const KEY_BATCH: i32 = -10;

/** Which of the fixed fields a message may do without. */
export const MAY_LACK_TYPE: u32 = 1;
export const MAY_LACK_VERSION: u32 = 2;

/** The keys of messages that are read in whatever order they come: tables of keys, and by a key's code its slot. */
@unmanaged
export class Keys {
  root: usize;
  rootSlots: usize;
  features: usize;
  featureSlots: usize;
  tags: usize;
  tagSlots: usize;
  probabilities: usize;
  probabilitySlots: usize;
  batch: usize;
  batchSlots: usize;
  /** Tables of how type, model and version may be written. */
  types: usize;
  models: usize;
  versions: usize;
  mayLack: u32;
  /** The first slots are those of the envelope: absent there is null. */
  envelopeSlots: u32;
}

@unmanaged
export class Shape {
  slots: u32;
  literals: usize;
  /** `literals[0..ends[0])` comes before slot 0; the last entry ends what follows the last slot. */
  ends: usize;
  uses: usize;
  /** By slot: a `TextTable`, or 0. */
  tables: usize;
  predictionId: i32;
  timestamp: i32;
  prediction: i32;
  score: i32;
  holdout: i32;
  error: i32;
  /** `Keys`, where messages are read by their keys; 0 where they are held against literals. */
  keys: usize;
  hasFeatures: u32;
  /** Slots of the probabilities. */
  probabilities: usize;
  probabilityCount: u32;
  id: u32;
  /** Rows of a column; cell of slot s in row r: s · stride + r. */
  stride: u32;
  rows: u32;
  numbers: usize;
  codes: usize;
  froms: usize;
  tos: usize;
  kinds: usize;
  /** By cell: a range spelled with escapes or beyond ASCII. */
  escapes: usize;
  /** By row. */
  times: usize;
  idLows: usize;
  idHighs: usize;
  flags: usize;
  messages: usize;
  /** By slot: some row holds neither a plain number nor null. */
  odd: usize;
}

@unmanaged
export class Job {
  input: usize;
  /** By message, where it lies in the input; from −1: there is none. */
  froms: usize;
  tos: usize;
  recordTimes: usize;
  count: u32;
  /** The message to go on with. */
  next: u32;
  /** Shapes of literals, the one hit last first, then shapes of keys, likewise. */
  shapes: usize;
  shapeCount: u32;
  /** By message: the id of its shape or −1, and its row. */
  shapeOf: usize;
  rowOf: usize;
  maxBytes: u32;
  maxIdLength: u32;
  maxFutureMs: f64;
  /** A text nobody has seen before: what stopped the reading. */
  askedShape: u32;
  askedSlot: u32;
  askedFrom: u32;
  askedTo: u32;
  askedFlags: u32;
  /** Numbers to be filled in: message, id of the shape, cell. */
  hard: usize;
  hardCount: u32;
  hardRoom: u32;
  /** So many of the shapes are of literals. */
  literalShapes: u32;
}
