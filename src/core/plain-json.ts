/** As JSON, with maps as objects: what is kept of a configuration is looked up by name, also in SQL. */
export function plainJson(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    each instanceof Map ? Object.fromEntries(each) : each,
  );
}
