/** What cells of rows are made of. */
import { z } from 'zod';

export const time = z.iso.datetime().describe('ISO 8601, UTC.');
export const id = z.string();
export const count = z.number().int();
export const interval = z.tuple([z.number(), z.number()]).nullable();

/** Which windows of a model: it may watch several sizes. */
export const size = {
  size_ms: count.nullable().describe('Null for windows of so many rows.'),
  size_rows: count.nullable().describe('At least so many rows a window; null for a fixed length.'),
};
