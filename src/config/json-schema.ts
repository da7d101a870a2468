import { z } from 'zod';
import { configFileSchema } from './schema/root.ts';

/**
 * JSON Schema (draft 2020-12) of the file, for editors. Checks that tie keys together, and formats such as
 * cron, are beyond it: `shiftwatch config check` has the last word.
 */
export function configJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(configFileSchema, { io: 'input', target: 'draft-2020-12' });
  return { ...schema, title: 'shiftwatch configuration' };
}
