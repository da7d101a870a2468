import { z } from 'zod';

export interface TextPlace {
  /** A `*` stands for any name or index. */
  readonly place: string;
  readonly schema: z.core.$ZodType;
}

/** Every place of a schema where a text of the writer's choice may stand, and every place that takes anything. */
export function textPlaces(schema: z.core.$ZodType, place: readonly string[] = []): TextPlace[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return textPlaces(schema.unwrap(), place);
  }
  if (schema instanceof z.ZodPipe) return textPlaces(schema.in, place);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => textPlaces(option, place));
  if (schema instanceof z.ZodArray) return textPlaces(schema.element, [...place, '*']);
  if (schema instanceof z.ZodRecord) return textPlaces(schema.valueType, [...place, '*']);
  if (schema instanceof z.ZodObject) {
    return Object.entries<z.core.$ZodType>(schema.shape).flatMap(([key, item]) =>
      textPlaces(item, [...place, key]),
    );
  }
  if (schema instanceof z.ZodString || schema instanceof z.ZodUnknown)
    return [{ place: place.join('.'), schema }];
  if (KNOWN_CLOSED.some((closed) => schema instanceof closed)) return [];
  throw new Error(`${place.join('.')}: nobody has said whether ${schema._zod.def.type} can hold a secret`);
}

const KNOWN_CLOSED = [z.ZodEnum, z.ZodLiteral, z.ZodBoolean, z.ZodNumber, z.ZodNull];
