/** Places of the fields that `assembly` reads, in words of four bytes: its classes name them in the same order. */

const placesOf = <const Names extends readonly string[]>(
  names: Names,
): Readonly<Record<Names[number], number>> =>
  Object.fromEntries(names.map((name, place) => [name, place])) as Record<Names[number], number>;

export const SHAPE = placesOf([
  'slots',
  'literals',
  'ends',
  'uses',
  'tables',
  'predictionId',
  'timestamp',
  'prediction',
  'score',
  'holdout',
  'error',
  'keys',
  'hasFeatures',
  'probabilities',
  'probabilityCount',
  'id',
  'stride',
  'rows',
  'numbers',
  'codes',
  'froms',
  'tos',
  'kinds',
  'escapes',
  'times',
  'idLows',
  'idHighs',
  'flags',
  'messages',
  'odd',
]);

export const JOB = placesOf([
  'input',
  'froms',
  'tos',
  'recordTimes',
  'count',
  'next',
  'shapes',
  'shapeCount',
  'shapeOf',
  'rowOf',
  'maxBytes',
  'maxIdLength',
  'maxFutureMs',
  'maxFutureMsHigh',
  'askedShape',
  'askedSlot',
  'askedFrom',
  'askedTo',
  'askedFlags',
  'hard',
  'hardCount',
  'hardRoom',
  'literalShapes',
]);

export const KEYS = placesOf([
  'root',
  'rootSlots',
  'features',
  'featureSlots',
  'tags',
  'tagSlots',
  'probabilities',
  'probabilitySlots',
  'batch',
  'batchSlots',
  'types',
  'models',
  'versions',
  'mayLack',
  'envelopeSlots',
]);

/** What a key is for, where that is no slot. */
export const KEY_SKIPPED = -2;
export const KEY_LEFT = -3;
export const KEY_TYPE = -4;
export const KEY_MODEL = -5;
export const KEY_VERSION = -6;
export const KEY_FEATURES = -7;
export const KEY_TAGS = -8;
export const KEY_PROBABILITIES = -9;
export const KEY_BATCH = -10;

export const MAY_LACK_TYPE = 1;
export const MAY_LACK_VERSION = 2;

export const TEXT_TABLE = placesOf([
  'places',
  'mask',
  'count',
  'hashes',
  'ends',
  'bytes',
  'blanks',
  'full',
  'longest',
]);

export const WORD_BYTES = 4;
export const sizeOf = (places: Readonly<Record<string, number>>): number =>
  Object.keys(places).length * WORD_BYTES;

/** Flags of a row, as `assembly/shape.as` has them. */
export const HAS_ID = 1;
export const ASKS_TIME = 2;
export const ASKS_CLASS = 4;
export const ASKS_NUMBER = 8;
export const HAS_FEATURES = 16;
