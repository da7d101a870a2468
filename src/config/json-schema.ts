import { z } from 'zod';
import { modelSchema } from './schema/model.ts';
import { writtenFileSchema } from './schema/root.ts';

/**
 * JSON Schema (draft 2020-12) of the file, for editors. Checks that tie keys together, and formats such as
 * cron, are beyond it: `shiftwatch config check` has the last word.
 */
export function configJsonSchema(): Record<string, unknown> {
  const { properties = {}, ...schema } = jsonSchema(writtenFileSchema);
  const { $schema: _, ...model } = jsonSchema(modelSchema);
  const { model_defaults: defaults = {}, models = {}, ...others } = properties;
  return {
    ...schema,
    $id: 'urn:shiftwatch:schema:config',
    title: 'shiftwatch configuration',
    anyOf: [{ required: ['models'] }, { required: ['include'] }],
    properties: {
      ...others,
      model_defaults: withoutRequired(defaults),
      models: { ...(models as object), items: { ...(withoutRequired(model) as object), required: ['name'] } },
    },
    // With defaults no model needs to have everything by itself.
    if: { required: ['model_defaults'] },
    else: { properties: { models: { items: { $ref: '#/$defs/model' } } } },
    $defs: { model },
  };
}

function jsonSchema(schema: z.ZodType): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' });
}

/** Of mappings within mappings; a list is given whole. */
function withoutRequired(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutRequired);
  if (!(node instanceof Object)) return node;
  const kept = Object.entries(node).filter(([key, value]) => key !== 'required' || !Array.isArray(value));
  return Object.fromEntries(
    kept.map(([key, value]) => [
      key,
      key === 'items' && !Array.isArray(value) ? value : withoutRequired(value),
    ]),
  );
}
