/** What the schema library writes into the document, in the words that every tool understands. */
export function plainDocument<D extends object>(document: D): D {
  return inOneName(referredOnly(plain(document) as D));
}

/** `items: false` behind a tuple says what `maxItems` beside it says; many tools expect a schema there. */
function plain(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(plain);
  if (typeof part !== 'object' || part === null) return part;
  const isTuple = 'prefixItems' in part && 'maxItems' in part;
  return Object.fromEntries(
    Object.entries(part)
      .filter(([key, value]) => !(isTuple && key === 'items' && value === false))
      .map(([key, value]) => [key, plain(value)]),
  );
}

const REFERENCE = /"#\/components\/schemas\/([^"]+)"/g;

interface WithSchemas {
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> };
  readonly paths?: unknown;
}

/** Every schema is written twice, as it is sent and as it is answered: the twin that no route means is left out. */
function referredOnly<D extends object>(document: D): D {
  const { components = {}, paths } = document as WithSchemas;
  const { schemas = {} } = components;
  const reached = new Set<string>();
  const open: unknown[] = [paths];
  while (open.length > 0) {
    for (const [, name = ''] of JSON.stringify(open.pop() ?? null).matchAll(REFERENCE)) {
      if (!reached.has(name)) open.push(schemas[name]);
      reached.add(name);
    }
  }
  const kept = Object.fromEntries(Object.entries(schemas).filter(([name]) => reached.has(name)));
  return { ...document, components: { ...components, schemas: kept } };
}

/** What only comes in needs no `Input` behind its name. */
function inOneName<D extends object>(document: D): D {
  const { schemas = {} } = (document as WithSchemas).components ?? {};
  const shorter = (name: string): string => {
    const stem = name.replace(/Input$/, '');
    return stem in schemas ? name : stem;
  };
  const referring = JSON.stringify(document).replace(
    REFERENCE,
    (_, name: string) => `"#/components/schemas/${shorter(name)}"`,
  );
  const renamed = JSON.parse(referring) as D & { components: { schemas: Record<string, unknown> } };
  const entries = Object.entries(renamed.components.schemas)
    .map(([name, schema]) => [shorter(name), schema] as const)
    // In one order, whichever module was loaded first.
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return { ...renamed, components: { ...renamed.components, schemas: Object.fromEntries(entries) } };
}
