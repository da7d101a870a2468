import { z } from 'zod';
import { ENCODINGS, EVENT_FORMAT, PRESET_FORMATS } from '../../core/events/log-format.ts';
import { COERCIONS, EPOCH_UNITS, NAMED_FIELDS, SCALAR_FIELDS } from '../../core/events/log-mapping.ts';
import { parseMessagePath } from '../../core/events/message-path.ts';
import { open } from './shown.ts';
import { dataName, duration, eventName, nonEmpty, openText, referenceName, url } from './values.ts';

const FORMATS = [EVENT_FORMAT, ...PRESET_FORMATS.map(({ name }) => name)] as const;

/** How a topic's messages are read; the keys a topic has beside its name. */
export const formatKeys = {
  format: z
    .enum(FORMATS)
    .optional()
    .meta({ description: 'a preset for the log of another system; absent: `json`' }),
  mapping: referenceName.optional().meta({ description: 'a name under `mapping`, instead of `format`' }),
  encoding: z
    .enum(ENCODINGS)
    .default('plain')
    .meta({ description: '`registry`: Avro, Protobuf or JSON in the frame of a schema registry' }),
  model: eventName.optional().meta({
    description: 'goes before what messages say; needed where they name none. Of presets, as all below',
  }),
  model_version: eventName.optional().meta({ description: 'goes before what messages say' }),
  feature_names: z
    .array(dataName)
    .min(1)
    .optional()
    .meta({ description: 'of positional columns, in their order; absent: `f0`, `f1`, …' }),
  class_names: z
    .array(dataName)
    .refine((names) => names.length > 1, { error: 'needs the names of two classes or more' })
    .optional()
    .meta({
      description:
        'of positional probabilities; of two, the second is the positive class; absent: `0`, `1`, …',
    }),
  output: z.enum(['prediction', 'score']).optional().meta({
    description: 'what a lone number in the output is; `score`: the probability of the second class',
  }),
  threshold: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .meta({ description: 'with `output: score`: from here on the second class is predicted; absent: 0.5' }),
  prediction_field: dataName
    .optional()
    .meta({ description: 'in flat logs, the column with the prediction; absent: `prediction`' }),
};

const path = open(
  nonEmpty.max(500).superRefine((text, context) => {
    const parsed = parseMessagePath(text);
    if (!parsed.ok) context.addIssue({ code: 'custom', message: parsed.error });
  }),
);
/** What logs hold. */
const scalar = z.union([open(z.string()), z.number(), z.boolean(), z.null()]);

const fieldKeys = {
  path: path.optional(),
  const: scalar.optional(),
  as: z.enum(COERCIONS).optional(),
  unit: z.enum(EPOCH_UNITS).optional().meta({ description: 'of a timestamp that is a number' }),
  values: z.record(z.string(), scalar).optional().meta({ description: 'logged text → what is meant' }),
  default: scalar.optional().meta({ description: 'where nothing stands, or null' }),
};

const fieldRule = z.union([
  path,
  z.strictObject(fieldKeys).superRefine((rule, context) => {
    const { path: from, const: constant, ...others } = rule;
    if ((from === undefined) === (constant === undefined)) {
      context.addIssue({ code: 'custom', message: 'give either a path or a const' });
    }
    const [stray] = Object.keys(others);
    if (constant !== undefined && stray !== undefined) {
      context.addIssue({ code: 'custom', path: [stray], message: 'means nothing beside a const' });
    }
  }),
]);

const SOURCES = [
  ['object', 'only', 'except', 'prefix'],
  ['names', 'values'],
  ['list', 'name', 'value'],
  ['name', ...Object.keys(fieldKeys)],
] as const;

const namesSource = z
  .strictObject({
    ...fieldKeys,
    object: path.optional().meta({ description: 'an object: its entries' }),
    only: z.array(openText).min(1).optional(),
    except: z.array(openText).min(1).optional(),
    prefix: openText.optional(),
    names: z.union([path, z.array(openText).min(1)]).optional(),
    values: z.union([path, z.record(z.string(), scalar)]).optional(),
    list: path.optional().meta({ description: 'a list of objects that hold a name and a value' }),
    name: openText.optional(),
    value: openText.optional(),
  })
  .superRefine((source, context) => {
    const kind = sourceKind(source);
    if (kind === null) {
      const message =
        'is no source; give object, or names and values, or list, name and value, or name and path (or const)';
      context.addIssue({ code: 'custom', message });
      return;
    }
    for (const key of Object.keys(source)) {
      if (!(SOURCES[kind] as readonly string[]).includes(key)) {
        context.addIssue({
          code: 'custom',
          path: [key],
          message: `means nothing beside ${SOURCES[kind][0]}`,
        });
      }
    }
  });
export type NamesSource = z.output<typeof namesSource>;

/** Place in `SOURCES`; null when a part is missing or of the wrong kind. */
export function sourceKind(source: Readonly<Partial<Record<string, unknown>>>): 0 | 1 | 2 | 3 | null {
  const has = (key: string): boolean => source[key] !== undefined;
  if (has('object')) return 0;
  if (has('names')) return typeof source['values'] === 'string' ? 1 : null;
  if (has('list')) return has('name') && has('value') ? 2 : null;
  const isField = has('name') && has('path') !== has('const') && typeof source['values'] !== 'string';
  return isField ? 3 : null;
}

const named = z.union([path, z.array(namesSource).min(1)]);

export const mappingSchema = z.strictObject({
  parse_json: z.array(path).default([]).meta({ description: 'texts that hold JSON' }),
  when: z
    .strictObject({ path, in: z.array(scalar).min(1) })
    .optional()
    .meta({ description: 'other messages are passed over' }),
  each: path.optional().meta({ description: 'a list of which each item is an event' }),
  ...(Object.fromEntries(SCALAR_FIELDS.map((name) => [name, fieldRule.optional()])) as Record<
    (typeof SCALAR_FIELDS)[number],
    z.ZodOptional<typeof fieldRule>
  >),
  ...(Object.fromEntries(NAMED_FIELDS.map((name) => [name, named.optional()])) as Record<
    (typeof NAMED_FIELDS)[number],
    z.ZodOptional<typeof named>
  >),
});
export type MappingEntry = z.output<typeof mappingSchema>;

export const schemaRegistrySchema = z.strictObject({
  url: url(['https:', 'http:'], 'https://registry.example.org').meta({
    description: 'of a registry that speaks Confluent’s protocol',
  }),
  username: nonEmpty.optional().meta({ description: 'basic login' }),
  password: nonEmpty.optional().meta({ description: 'the same' }),
  token: nonEmpty.optional().meta({ description: 'bearer token, instead of these' }),
  timeout: duration({ minMs: 100, maxMs: 60_000 }).default('5s').meta({ description: 'for one request' }),
});
