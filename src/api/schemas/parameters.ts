import { z } from 'zod';
import { MAX_EVENT_NAME } from '../../core/event-name.ts';

const EARLIEST_MS = 0;
const LATEST_MS = Date.UTC(9999, 11, 31);

/** Postgres' text cannot hold U+0000, so no row ever has it. */
export const storable = z.string().refine((text) => !text.includes('\u0000'), 'must not contain U+0000');

/** A name out of the logs. */
export const nameParameter = storable.min(1).max(MAX_EVENT_NAME);

export const segmentParameter = storable
  .max(1_024)
  .describe('`name=value`; the empty text is the whole window. Absent: all.');

/** Who says something, in words of their own. */
const personParameter = storable
  .trim()
  .min(1)
  .max(100)
  // Control characters, spelled so that every language that reads the OpenAPI document knows them.
  // oxlint-disable-next-line no-control-regex
  .regex(/^[^\x00-\x1f\x7f-\x9f]*$/, 'must be printable');

export const authorParameter = personParameter
  .optional()
  .describe('Absent: the name of who has signed in by a browser.');

export const commentParameter = storable.trim().max(1_000);

/** Ids are numbers in the database and text on the wire, where numbers lose digits beyond 2^53. */
export const idParameter = z
  .string()
  .regex(/^[1-9]\d{0,17}$/, 'must be a whole number')
  .meta({ examples: ['42'] });

export const timeParameter = z.iso
  .datetime({
    offset: true,
    abort: true,
    error: 'must be an ISO 8601 time with its offset, such as 2026-03-01T12:00:00Z',
  })
  .refine((text) => {
    const ms = Date.parse(text);
    return ms >= EARLIEST_MS && ms <= LATEST_MS;
  }, 'must lie between the years 1970 and 9999');

export const limitParameter = z.coerce
  .number()
  .int()
  .min(1)
  .max(500)
  .default(50)
  .describe('How many rows a page holds.');

export const sizeMsParameter = z.coerce
  .number()
  .int()
  .min(1)
  .max(Number.MAX_SAFE_INTEGER)
  .describe('Length of the windows, in milliseconds.');

export const sizeRowsParameter = z.coerce
  .number()
  .int()
  .min(1)
  .max(Number.MAX_SAFE_INTEGER)
  .describe('Windows of at least so many rows.');

export const flagParameter = z.enum(['true', 'false']).transform((text) => text === 'true');

/** Keys of cursors: whole numbers that the database accepts. */
export const serialKey = z.number().int().min(0);
export const integerKey = z.number().int().min(0).max(2_147_483_647);
export const textKey = storable.max(1_024);
