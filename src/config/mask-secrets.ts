import { z } from 'zod';
import { type PathPart, pathText } from './problem.ts';
import { broughtIn } from './references.ts';
import { type Config, resolveConfig } from './resolve.ts';
import { configFileSchema, type ConfigFile } from './schema/root.ts';
import { type Shown, shownAs } from './schema/shown.ts';

export const MASK = '***';

/** The effective file with `***` for every text that the schema does not declare harmless, for printing. */
export function maskSecrets(config: Pick<Config, 'source'>): ConfigFile {
  return masked(config.source.effective, configFileSchema, AT_THE_TOP, () => {}) as ConfigFile;
}

/** As if the file had been written so: what is made of it holds no secret either. */
export function maskedConfig(config: Pick<Config, 'source'>): Config {
  return resolveConfig({ ...config.source, effective: maskSecrets(config) });
}

/** Every text that the mask hides, with the parts of addresses one by one, and what variables brought into a longer text. */
export function secretTexts({ source }: Pick<Config, 'source'>): string[] {
  const texts = new Set<string>();
  masked(source.effective, configFileSchema, AT_THE_TOP, (text, path) => {
    texts.add(text);
    const written = source.references.get(pathText(path));
    if (written !== undefined) for (const part of broughtIn(written, text)) texts.add(part);
  });
  return [...texts].filter((text) => text !== '');
}

type OnHidden = (text: string, path: readonly PathPart[]) => void;

interface Place {
  /** The mapping that the value stands in: how much of an address is harmless depends on its neighbours. */
  readonly owner: unknown;
  readonly path: readonly PathPart[];
}

const AT_THE_TOP: Place = { owner: null, path: [] };

function masked(value: unknown, schema: z.core.$ZodType | null, place: Place, hidden: OnHidden): unknown {
  const declared = schema === null ? null : leafSchema(schema, value);
  if (typeof value === 'string') return maskedText(value, declared, place, hidden);
  const within = (part: PathPart): Place => ({ owner: value, path: [...place.path, part] });
  if (Array.isArray(value)) {
    const element = declared instanceof z.ZodArray ? declared.element : null;
    return value.map((item, at) => masked(item, element, within(at), hidden));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const shown = isVariable(key, value);
      return [key, shown ? item : masked(item, itemSchema(declared, key), within(key), hidden)];
    }),
  );
}

/** `{"$var": "run_id"}` in a template names what shiftwatch puts there. */
function isVariable(key: string, owner: object): boolean {
  return (key === '$var' || key === '$text') && Object.keys(owner).length === 1;
}

function itemSchema(schema: z.core.$ZodType | null, key: string): z.core.$ZodType | null {
  if (schema instanceof z.ZodRecord) return schema.valueType;
  if (schema instanceof z.ZodObject) {
    return Object.hasOwn(schema.shape, key) ? (schema.shape[key] as z.core.$ZodType) : null;
  }
  return null;
}

/** The schema that a value has been read by, without defaults and alternatives around it. */
function leafSchema(schema: z.core.$ZodType, value: unknown): z.core.$ZodType | null {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return leafSchema(schema.unwrap(), value);
  }
  if (schema instanceof z.ZodPipe) return leafSchema(schema.in, value);
  if (schema instanceof z.ZodUnion) {
    const read = schema.options.find((option) => z.safeParse(option, value).success);
    return read === undefined ? null : leafSchema(read, value);
  }
  return schema;
}

function maskedText(
  text: string,
  schema: z.core.$ZodType | null,
  { owner, path }: Place,
  onHidden: OnHidden,
): string {
  const hidden = (part: string): void => onHidden(part, path);
  if (schema instanceof z.ZodEnum || schema instanceof z.ZodLiteral) return text;
  const shown: Shown | null = schema === null ? null : shownAs(schema);
  switch (shown?.kind) {
    case 'whole':
      return text;
    case 'address':
      return maskedUrl(text, shown.path(owner), hidden);
    case 'name':
      return URL.canParse(text) ? maskedUrl(text, null, hidden) : text;
    case undefined:
      hidden(text);
      hideKeyFile(text, hidden);
      return MASK;
  }
}

/** The parts of a URL that anybody may see: where it leads, and its path when it is of a harmless form. */
function maskedUrl(text: string, harmlessPath: RegExp | null, hidden: (part: string) => void): string {
  if (!URL.canParse(text)) {
    hidden(text);
    return MASK;
  }
  const url = new URL(text);
  const { username, password, pathname, search, hash } = url;
  const isHarmless = pathname === '' || pathname === '/' || harmlessPath?.test(pathname) === true;
  if (password !== '') {
    hidden(decoded(password));
    hidden(Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64'));
    // A user without a password is a token, as in https://TOKEN@host.
  } else hidden(decoded(username));
  if (!isHarmless) hideParts(pathname, '/', hidden);
  for (const [name, value] of url.searchParams) hidden(value === '' ? name : value);
  hidden(decoded(hash.slice(1)));
  const user = username === '' && password === '' ? '' : `${MASK}:${MASK}@`;
  const query = search === '' ? '' : `?${MASK}`;
  return `${url.protocol}//${user}${url.host}${isHarmless ? pathname : `/${MASK}`}${query}${hash === '' ? '' : `#${MASK}`}`;
}

/** A key file is JSON: what is made of it repeats its parts, not its text. */
function hideKeyFile(text: string, hidden: (part: string) => void): void {
  if (!text.startsWith('{')) return;
  try {
    const { private_key: key, private_key_id: id } = JSON.parse(text) as Record<string, unknown>;
    for (const part of [key, id]) if (typeof part === 'string') hidden(part);
  } catch {
    // Any other text.
  }
}

/** Whoever repeats an address may repeat a part of it. */
function hideParts(text: string, separator: string, hidden: (part: string) => void): void {
  hidden(text);
  for (const part of text.split(separator)) hidden(decoded(part));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
